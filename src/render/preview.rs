//! Messages as their channels would show them: in the terminal, and as one page.

use super::{Escape, markdown, terminal_safe};
use crate::communication::{Encoding, Sms, Unit};

/// A message as a preview shows it.
#[derive(Debug, Clone)]
pub struct Preview {
    /// Its id.
    pub id: String,
    /// Point in the incident.
    pub stage: String,
    /// The channel's id.
    pub channel: String,
    /// What people call the channel.
    pub channel_name: String,
    /// Its locale.
    pub locale: String,
    /// To whom.
    pub audience: String,
    /// Whether the text is Markdown.
    pub markdown: bool,
    /// Its texts, the body last.
    pub fields: Vec<PreviewField>,
    /// As an SMS, where it is one.
    pub sms: Option<Sms>,
}

/// One text of a message, with what the channel holds of it.
#[derive(Debug, Clone)]
pub struct PreviewField {
    /// `title`, `body` …
    pub name: String,
    /// The text.
    pub text: String,
    /// Length, most, and what both are counted in, where the channel has a limit.
    pub limit: Option<(u64, u64, Unit)>,
    /// Characters that a reader sees before a phone cuts.
    pub visible: Option<u64>,
}

impl PreviewField {
    /// What is seen, and what a phone cuts off.
    fn cut(&self) -> (&str, &str) {
        let all = self.text.as_str();
        let Some(visible) = self.visible.and_then(|n| usize::try_from(n).ok()) else {
            return (all, "");
        };
        match all.char_indices().nth(visible) {
            Some((at, _)) => all.split_at(at),
            None => (all, ""),
        }
    }

    fn is_over(&self) -> bool {
        self.limit.is_some_and(|(length, max, _)| length > max)
    }
}

/// How many parts an SMS has, and what that costs against a single one.
fn parts(sms: &Sms) -> String {
    let count = match sms.segments {
        1 => "1 SMS".to_owned(),
        n => format!("{n} SMS, {n} times the cost of one"),
    };
    let (alone, many) = match sms.encoding {
        Encoding::Gsm7 => (160, 153),
        Encoding::Ucs2 => (70, 67),
    };
    let room = if sms.segments == 1 { alone } else { many * sms.segments };
    let outside = match sms.outside.as_slice() {
        [] => String::new(),
        letters => {
            let letters: Vec<String> = letters.iter().map(char::to_string).collect();
            format!(" because of {}", letters.join(" "))
        }
    };
    format!("{count} · {}{outside} · {} of {room}", sms.encoding.as_str(), sms.units)
}

/// The messages for a terminal, one after the other; `┊` stands where a phone cuts.
pub fn text(previews: &[Preview]) -> String {
    let mut out = String::new();
    for (i, one) in previews.iter().enumerate() {
        if i > 0 {
            out.push('\n');
        }
        let Preview { id, channel, locale, stage, audience, .. } = one;
        out.push_str(&terminal_safe(&format!("{id}  {channel} {locale} · {stage} → {audience}")));
        out.push('\n');
        for field in &one.fields {
            let mark = if field.is_over() { ", too long" } else { "" };
            let counted = match field.limit {
                Some((length, max, unit)) => {
                    format!("  ({length} of {max} {}{mark})", unit.as_str())
                }
                None => String::new(),
            };
            out.push_str(&format!("  {}{counted}\n", terminal_safe(&field.name)));
            let (seen, cut) = field.cut();
            let whole = if cut.is_empty() { seen.to_owned() } else { format!("{seen}┊{cut}") };
            for line in whole.lines() {
                out.push_str(format!("  │ {}", terminal_safe(line)).trim_end());
                out.push('\n');
            }
        }
        if let Some(sms) = &one.sms {
            out.push_str(&format!("  {}\n", parts(sms)));
        }
    }
    out
}

const STYLE: &str = "body{font:16px/1.4 system-ui,sans-serif;margin:2rem;background:#f3f3f5;color:#1a1a1e}\
h1{font-size:1.4rem}h2{font-size:1.1rem;margin:2rem 0 .5rem}\
.row{display:flex;flex-wrap:wrap;gap:1.5rem}\
.phone{width:20rem;background:#fff;border:2px solid #22242a;border-radius:1.6rem;padding:1.2rem 1rem;box-sizing:border-box}\
.page{width:30rem;background:#fff;border:1px solid #c9c9d1;border-radius:.4rem;padding:1.2rem;box-sizing:border-box}\
.meta{font-size:.8rem;color:#5a5a66;margin:0 0 .6rem}.field{margin:0 0 .7rem;overflow-wrap:anywhere}\
.title{font-weight:600}.cut{color:#8a8a96;border-left:2px solid #c0392b;padding-left:.15rem}\
.count.over{color:#b3261e;font-weight:600}.count{font-size:.75rem;font-weight:400;color:#5a5a66;margin:.2rem 0 0}.count.over{color:#b3261e;font-weight:600}\
p{margin:.3rem 0}ul{margin:.3rem 0;padding-left:1.2rem}h3{font-size:1rem;margin:.8rem 0 .2rem}";

/// Channels that are read on a phone.
const ON_PHONES: [&str; 7] =
    ["push", "in_app", "in_app_banner", "sms", "whatsapp", "chatbot_reply", "social_post"];

/// One page that needs nothing else: a row a stage and channel, its locales side by side.
pub fn html(incident: &str, title: &str, previews: &[Preview]) -> String {
    let escaped = |text: &str| Escape::Html.apply(text);
    let mut page = format!(
        "<!doctype html>\n<html lang=\"es\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{id}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<h1>{id} · {title}</h1>\n",
        id = escaped(incident),
        title = escaped(title),
    );
    let mut rows: Vec<(&str, &str, Vec<&Preview>)> = Vec::new();
    for one in previews {
        match rows.iter_mut().find(|(s, c, _)| *s == one.stage && *c == one.channel) {
            Some((_, _, row)) => row.push(one),
            None => rows.push((&one.stage, &one.channel, vec![one])),
        }
    }
    for (stage, channel, row) in rows {
        let name = row.first().map_or(channel, |one| one.channel_name.as_str());
        page.push_str(&format!(
            "<h2>{} · {}</h2>\n<div class=\"row\">\n",
            escaped(name),
            escaped(stage)
        ));
        let frame = if ON_PHONES.contains(&channel) { "phone" } else { "page" };
        for one in row {
            page.push_str(&message(one, frame));
        }
        page.push_str("</div>\n");
    }
    page.push_str("</body>\n</html>\n");
    page
}

fn message(one: &Preview, frame: &str) -> String {
    let escaped = |text: &str| Escape::Html.apply(text);
    let mut out = format!(
        "<article class=\"{frame}\" lang=\"{}\">\n<p class=\"meta\">{} · {} · {}</p>\n",
        escaped(&one.locale),
        escaped(&one.id),
        escaped(&one.locale),
        escaped(&one.audience)
    );
    for field in &one.fields {
        let body = field.name == "body";
        let class = if body { "field" } else { "field title" };
        out.push_str(&format!("<div class=\"{class}\">"));
        let (seen, cut) = field.cut();
        if body && one.markdown {
            out.push_str(&markdown::html(&field.text));
        } else {
            out.push_str(&markdown::together(&escaped(seen)).replace('\n', "<br>"));
            if !cut.is_empty() {
                let cut = escaped(cut).replace('\n', "<br>");
                out.push_str(&format!("<span class=\"cut\">{cut}</span>"));
            }
        }
        if let Some((length, max, unit)) = field.limit {
            let over = if field.is_over() { " over" } else { "" };
            out.push_str(&format!(
                "<p class=\"count{over}\">{}: {length} / {max} {}</p>",
                escaped(&field.name),
                unit.as_str()
            ));
        }
        out.push_str("</div>\n");
    }
    if let Some(sms) = &one.sms {
        out.push_str(&format!("<p class=\"count\">{}</p>\n", escaped(&parts(sms))));
    }
    out.push_str("</article>\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::communication::sms;

    fn push() -> Preview {
        let field = |name: &str, text: &str, visible| PreviewField {
            name: name.to_owned(),
            text: text.to_owned(),
            limit: Some((text.chars().count() as u64, 10, Unit::Characters)),
            visible,
        };
        Preview {
            id: "C7QK".to_owned(),
            stage: "initial".to_owned(),
            channel: "push".to_owned(),
            channel_name: "Notificación push".to_owned(),
            locale: "es-MX".to_owned(),
            audience: "affected_known".to_owned(),
            markdown: false,
            fields: vec![field("title", "Falla", None), field("body", "Año <b> nuevo", Some(4))],
            sms: None,
        }
    }

    #[test]
    fn a_phone_cuts_where_the_channel_says() {
        let shown = text(&[push()]);
        assert!(shown.contains("│ Año ┊<b> nuevo"), "{shown}");
        assert!(shown.contains("body  (13 of 10 characters, too long)"), "{shown}");
    }

    #[test]
    fn a_page_needs_nothing_else_and_obeys_no_value() {
        let page = html("INC-1", "a <script>", &[push()]);
        assert!(!page.contains("<script") && !page.contains("http"), "{page}");
        assert!(page.contains("<span class=\"cut\">&lt;b&gt; nuevo</span>"), "{page}");
        assert!(page.contains("class=\"phone\""));
    }

    #[test]
    fn an_sms_says_what_it_costs() {
        assert_eq!(parts(&sms("Hola")), "1 SMS · GSM-7 · 4 of 160");
        let long = sms(&"á".repeat(71));
        assert_eq!(parts(&long), "2 SMS, 2 times the cost of one · UCS-2 because of á · 71 of 134");
    }
}
