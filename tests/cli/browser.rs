//! The page of previews in a real browser, where one is installed.

use std::path::PathBuf;
use std::process::Command;

use crate::common::Computer;

/// Debian's package is `chromium`; other systems name it otherwise.
const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

fn browser() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let all = std::env::split_paths(&path).flat_map(|dir| NAMES.map(|name| dir.join(name)));
    all.into_iter().find(|path| path.is_file())
}

/// Adds up what a reader would see go wrong, and writes it where the printed page shows it.
const MEASURE: &str = "<script>\
    const all = [...document.querySelectorAll('article')];\
    const wide = all.filter(a => a.scrollWidth > a.clientWidth).length;\
    const phones = all.filter(a => a.className === 'phone');\
    const beside = phones.length > 1 && phones[0].getBoundingClientRect().top === \
        phones[1].getBoundingClientRect().top;\
    document.title = `articles ${all.length} wide ${wide} beside ${beside} \
        page ${document.documentElement.scrollWidth <= window.innerWidth}`;\
    </script>";

#[test]
fn the_page_of_previews_is_whole_in_a_browser() {
    let Some(browser) = browser() else {
        println!("skipped: no browser; apt-get install chromium");
        return;
    };
    let c = Computer::workspace();
    let id = c.open("\"Cards declined\" --service card-auth --kind outage --since 03:02");
    c.inc(&format!("update {id} --tried 9400 --affected 400 --next 90m")).exits(0);
    let channels = "push,in_app_banner,status_page,support_script,chatbot_reply";
    c.inc(&format!("comms draft {id} --stage initial --channel {channels}")).exits(0);
    let page = c.base().join("page.html");
    c.inc(&format!("comms preview {id} --html {}", page.display())).exits(0);
    let text = std::fs::read_to_string(&page).unwrap();
    assert!(!text.contains("<script"), "{text}");
    let long = "x".repeat(400);
    let text = text.replacen("</article>", &format!("<p class=\"field\">{long}</p></article>"), 1);
    std::fs::write(&page, text.replace("</body>", &format!("{MEASURE}</body>"))).unwrap();
    for (width, beside) in [(1280, "true"), (400, "false")] {
        let ran = Command::new(&browser)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--dump-dom"])
            .args(["--no-first-run", "--disable-background-networking", "--disable-sync"])
            .arg("--disable-component-update")
            .arg(format!("--window-size={width},1800"))
            .arg(format!("--user-data-dir={}", c.base().join(format!("browser{width}")).display()))
            .arg(format!("file://{}", page.display()))
            .output()
            .unwrap();
        let shown = String::from_utf8_lossy(&ran.stdout);
        let title = shown.split("<title>").nth(1).and_then(|t| t.split("</title>").next());
        let words: Vec<&str> = title.unwrap_or_default().split_whitespace().collect();
        let wanted = ["articles", "10", "wide", "0", "beside", beside];
        assert_eq!(words.get(..6), Some(wanted.as_slice()), "at {width}: {title:?}");
    }
}
