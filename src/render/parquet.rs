//! Tables as Parquet, for engines that read columns (DuckDB, Polars, Spark), where the program was
//! built with the feature `parquet`.
//!
//! Every column may be empty. Text is UTF-8, whole numbers have 64 bits, yes and no are booleans,
//! and numbers are DECIMAL(38, 9), which holds every exact decimal that the program has; of more
//! than nine decimals it takes the nearest, half to even. Compressed by zstd. What a column means
//! stands in the file's metadata under `inc.TABLE.COLUMN`. The same rows are the same bytes.

use std::sync::Arc;

use parquet::basic::{
    Compression, DecimalType, LogicalType, Repetition, Type as Physical, ZstdLevel,
};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::{ByteArray, FixedLenByteArray};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{Type, TypePtr};

use crate::reports::sheets::{Cell, CellKind, Column, Sheet};
use crate::units::Decimal;

/// Decimals of a number.
const SCALE: u32 = 9;
/// Its digits, and the bytes that they take.
const PRECISION: i32 = 38;
const BYTES: i32 = 16;
/// Rows that stand together; readers skip, and read side by side, such groups.
const GROUP: usize = 1 << 17;

/// A table as the bytes of a file.
///
/// # Errors
///
/// What the writer said; no table of records leads there.
pub fn as_parquet(sheet: &Sheet) -> Result<Vec<u8>, String> {
    write(sheet).map_err(|why| why.to_string())
}

fn write(sheet: &Sheet) -> Result<Vec<u8>, ParquetError> {
    let columns = sheet.columns.iter().map(column).collect::<Result<Vec<TypePtr>, _>>()?;
    let schema = Type::group_type_builder(sheet.name).with_fields(columns).build()?;
    let meanings = sheet.columns.iter().map(|column| {
        let key = format!("inc.{}.{}", sheet.name, column.name);
        KeyValue::new(key, column.meaning.to_owned())
    });
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
        .set_created_by(format!("inc {}", env!("CARGO_PKG_VERSION")))
        .set_key_value_metadata(Some(meanings.collect()))
        .build();
    let mut bytes = Vec::new();
    let mut file = SerializedFileWriter::new(&mut bytes, Arc::new(schema), Arc::new(properties))?;
    for rows in sheet.rows.chunks(GROUP) {
        let mut group = file.next_row_group()?;
        for place in 0..sheet.columns.len() {
            let Some(mut writer) = group.next_column()? else { break };
            let cells = || rows.iter().map(|row| row.get(place).unwrap_or(&Cell::Unknown));
            let known: Vec<i16> = cells().map(|cell| i16::from(*cell != Cell::Unknown)).collect();
            match writer.untyped() {
                ColumnWriter::ByteArrayColumnWriter(to) => {
                    let texts: Vec<ByteArray> = cells().filter_map(text).collect();
                    to.write_batch(&texts, Some(&known), None)?;
                }
                ColumnWriter::Int64ColumnWriter(to) => {
                    let numbers: Vec<i64> = cells().filter_map(integer).collect();
                    to.write_batch(&numbers, Some(&known), None)?;
                }
                ColumnWriter::BoolColumnWriter(to) => {
                    let flags: Vec<bool> = cells().filter_map(flag).collect();
                    to.write_batch(&flags, Some(&known), None)?;
                }
                ColumnWriter::FixedLenByteArrayColumnWriter(to) => {
                    let numbers: Vec<FixedLenByteArray> = cells().filter_map(decimal).collect();
                    to.write_batch(&numbers, Some(&known), None)?;
                }
                _ => return Err(ParquetError::General("a column of another type".to_owned())),
            }
            writer.close()?;
        }
        group.close()?;
    }
    file.close()?;
    Ok(bytes)
}

fn column(column: &Column) -> Result<TypePtr, ParquetError> {
    let of = |physical: Physical| {
        Type::primitive_type_builder(column.name, physical).with_repetition(Repetition::OPTIONAL)
    };
    let built = match column.kind {
        CellKind::Word | CellKind::Prose => {
            of(Physical::BYTE_ARRAY).with_logical_type(Some(LogicalType::String))
        }
        CellKind::Integer => of(Physical::INT64),
        CellKind::Flag => of(Physical::BOOLEAN),
        CellKind::Number => {
            let scale = i32::try_from(SCALE).unwrap_or_default();
            of(Physical::FIXED_LEN_BYTE_ARRAY)
                .with_length(BYTES)
                .with_precision(PRECISION)
                .with_scale(scale)
                .with_logical_type(Some(LogicalType::Decimal(DecimalType {
                    scale,
                    precision: PRECISION,
                })))
        }
    };
    Ok(Arc::new(built.build()?))
}

fn text(cell: &Cell) -> Option<ByteArray> {
    match cell {
        Cell::Unknown => None,
        Cell::Text(text) | Cell::Computed(text) => Some(text.as_str().into()),
        Cell::Integer(number) => Some(number.to_string().as_str().into()),
        Cell::Number(number) => Some(number.to_string().as_str().into()),
        Cell::Flag(yes) => Some(yes.to_string().as_str().into()),
    }
}

fn integer(cell: &Cell) -> Option<i64> {
    match cell {
        Cell::Integer(number) => Some(*number),
        _ => None,
    }
}

fn flag(cell: &Cell) -> Option<bool> {
    match cell {
        Cell::Flag(yes) => Some(*yes),
        _ => None,
    }
}

fn decimal(cell: &Cell) -> Option<FixedLenByteArray> {
    let number = match cell {
        Cell::Number(number) => *number,
        Cell::Integer(number) => Decimal::from(*number),
        _ => return None,
    };
    // 96 bits and nine decimals more fit into 128.
    let short = number.round_dp(SCALE);
    let more = 10_i128.pow(SCALE.saturating_sub(short.scale()));
    let whole = short.mantissa().saturating_mul(more);
    Some(whole.to_be_bytes().to_vec().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use parquet::file::reader::{FileReader as _, SerializedFileReader};
    use std::io::Write as _;

    const COLUMNS: [Column; 4] = [
        Column { name: "title", kind: CellKind::Prose, meaning: "words" },
        Column { name: "customers", kind: CellKind::Integer, meaning: "how many" },
        Column { name: "counts", kind: CellKind::Flag, meaning: "yes or no" },
        Column { name: "number", kind: CellKind::Number, meaning: "exact" },
    ];

    fn sheet(rows: Vec<Vec<Cell>>) -> Sheet {
        Sheet { name: "incidents", columns: COLUMNS.to_vec(), rows }
    }

    fn read(sheet: &Sheet) -> SerializedFileReader<std::fs::File> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&as_parquet(sheet).unwrap()).unwrap();
        SerializedFileReader::new(file).unwrap()
    }

    #[test]
    fn what_is_read_back_is_what_was_there_and_unknown_is_null() {
        let number = |text: &str| Cell::Number(text.parse().unwrap());
        let rows = vec![
            vec![Cell::Text("=señal".into()), Cell::Integer(-7), Cell::Flag(true), number("33.25")],
            vec![Cell::Unknown; 4],
            vec![
                Cell::Text(String::new()),
                Cell::Integer(i64::MAX),
                Cell::Flag(false),
                number("79228162514264337593543950335"),
            ],
            vec![Cell::Unknown, Cell::Unknown, Cell::Unknown, number("-0.0000000015")],
        ];
        let sheet = sheet(rows);
        let reader = read(&sheet);
        let shown: Vec<String> =
            reader.get_row_iter(None).unwrap().map(|row| row.unwrap().to_string()).collect();
        assert_eq!(
            shown,
            [
                "{title: \"=señal\", customers: -7, counts: true, number: 33.250000000}",
                "{title: null, customers: null, counts: null, number: null}",
                "{title: \"\", customers: 9223372036854775807, counts: false, \
                 number: 79228162514264337593543950335.000000000}",
                "{title: null, customers: null, counts: null, number: -0.000000002}",
            ]
        );
        let said = reader.metadata().file_metadata().key_value_metadata().unwrap();
        let of = |key: &str| said.iter().find(|kv| kv.key == key).and_then(|kv| kv.value.clone());
        assert_eq!(of("inc.incidents.customers").as_deref(), Some("how many"));
        assert_eq!(as_parquet(&sheet), as_parquet(&sheet));
    }

    #[test]
    fn a_table_without_rows_has_its_columns_and_a_long_one_several_groups() {
        let reader = read(&sheet(Vec::new()));
        let file = reader.metadata().file_metadata();
        assert_eq!((file.num_rows(), file.schema().get_fields().len()), (0, 4));
        let rows = vec![vec![Cell::Unknown; 4]; GROUP + 1];
        let reader = read(&sheet(rows));
        assert_eq!(reader.metadata().num_row_groups(), 2);
        assert_eq!(reader.metadata().file_metadata().num_rows(), i64::try_from(GROUP).unwrap() + 1);
    }
}
