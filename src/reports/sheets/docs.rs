//! The tables as a page of documentation.

use std::fmt::Write as _;

use super::Table;

/// Writes all tables with their columns as Markdown: `docs/manual/tables.md`.
pub fn markdown() -> String {
    let mut page = String::from(HEAD);
    for table in Table::ALL {
        let _ = write!(page, "\n## {}\n\nOne row is {}.\n\n", table.name(), table.row());
        page.push_str("| column | type | meaning |\n|---|---|---|\n");
        for column in table.columns() {
            let _ = writeln!(
                page,
                "| `{}` | {} | {} |",
                column.name,
                column.kind.as_str(),
                column.meaning
            );
        }
    }
    page
}

const HEAD: &str = "\
# Tables

What `inc export` writes and `inc query` asks. `inc query` without a question prints this list. This
page is made from the program; do not edit it.

An empty cell is *not known*, or there is none: never zero. Times are text in the workspace's zone, and
again as whole seconds since 1970 under names that end in `_s`, which compare and subtract exactly. Money
is a whole number of minor units (centavos) beside its currency; amounts of different currencies do not
add up. Booleans are 1 and 0 in SQL. `incidents.id` joins with `incident` of the other tables.
";

#[cfg(test)]
mod tests {
    #[test]
    fn the_chapter_on_tables_is_made_from_them() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/manual/tables.md");
        let page = super::markdown();
        if std::env::var_os("INC_UPDATE").is_some_and(|v| v == "1") {
            std::fs::write(path, &page).unwrap();
        }
        let written = std::fs::read_to_string(path).unwrap_or_default();
        assert!(written == page, "{path} is stale: run the tests once with INC_UPDATE=1");
    }
}
