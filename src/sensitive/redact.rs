//! Secrets that are known, taken out of words that come from elsewhere.

/// What stands in a secret's place.
const GONE: &str = "(secret)";
/// Values shorter than this are no secrets: taking them out would leave holes in every text.
const LEAST: usize = 4;

/// A text without the values of these secrets, whichever way a server or a library repeats them:
/// as they are, percent-encoded, in base64, between quotes with backslashes.
pub fn redact<S: AsRef<str>>(text: &str, secrets: &[S]) -> String {
    let mut forms: Vec<String> = secrets.iter().flat_map(|s| forms(s.as_ref())).collect();
    // The longest first: a part of a secret must not leave the rest of it behind.
    forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
    forms.dedup();
    let mut out = text.to_owned();
    for form in forms {
        out = out.replace(&form, GONE);
    }
    out
}

/// Whether a text repeats a secret, in any of those ways. A value of fewer than eight letters may be a
/// word like any other, and is not looked for.
pub fn repeats(text: &str, secret: &str) -> bool {
    secret.trim().len() >= 2 * LEAST && forms(secret).iter().any(|form| text.contains(form))
}

/// The ways in which a secret may be repeated.
fn forms(secret: &str) -> Vec<String> {
    let trimmed = secret.trim();
    if trimmed.len() < LEAST {
        return Vec::new();
    }
    let percent = |upper: bool| -> String {
        let one = |byte: u8| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                char::from(byte).to_string()
            }
            other if upper => format!("%{other:02X}"),
            other => format!("%{other:02x}"),
        };
        trimmed.bytes().map(one).collect()
    };
    let escaped = trimmed.escape_default().to_string();
    let json = trimmed.replace('\\', "\\\\").replace('"', "\\\"");
    let coded = base64(trimmed.as_bytes());
    let bare = coded.trim_end_matches('=').to_owned();
    let mut forms = vec![trimmed.to_owned(), percent(true), percent(false), escaped, json, bare];
    // A path such as a webhook's is a secret without its scheme and host, too.
    if let Some((_, rest)) = trimmed.split_once("://") {
        let path = rest.split_once('/').map(|(_, path)| path.to_owned());
        forms.extend(path.filter(|path| path.len() >= 2 * LEAST));
    }
    forms
}

/// Bytes in base64, as headers and mail write them.
pub fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let letter = |n: u32| LETTERS.get(n as usize & 63).map_or('A', |l| char::from(*l));
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for part in bytes.chunks(3) {
        let byte = |i: usize| u32::from(part.get(i).copied().unwrap_or(0));
        let all = byte(0) << 16 | byte(1) << 8 | byte(2);
        out.push(letter(all >> 18));
        out.push(letter(all >> 12));
        out.push(if part.len() > 1 { letter(all >> 6) } else { '=' });
        out.push(if part.len() > 2 { letter(all) } else { '=' });
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn base64_is_that_of_the_rfc() {
        let all = ["", "f", "fo", "foo", "foob", "fooba", "foobar"].map(|t| base64(t.as_bytes()));
        assert_eq!(all, ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"]);
    }

    #[test]
    fn a_secret_goes_whichever_way_it_is_repeated() {
        let secret = "s3cr3t/with \"quotes\"";
        let said = [
            format!("Bearer {secret}"),
            "token=s3cr3t%2Fwith%20%22quotes%22".to_owned(),
            format!("Basic {}", base64(secret.as_bytes())),
            "{\"given\":\"s3cr3t/with \\\"quotes\\\"\"}".to_owned(),
        ];
        for text in said {
            let clean = redact(&text, &[secret]);
            assert!(clean.contains(GONE) && !clean.contains("s3cr3t"), "{clean}");
        }
        let hook = "https://hooks.example.com/services/T0/B1/abcdef";
        assert_eq!(
            redact("no such path: services/T0/B1/abcdef", &[hook]),
            "no such path: (secret)"
        );
        assert_eq!(redact("a b", &["a", ""]), "a b");
    }

    #[test]
    fn a_text_repeats_a_secret_and_no_mere_word() {
        assert!(repeats("call with tok-5f2c-plain today", "tok-5f2c-plain"));
        assert!(repeats("subject: \"a \\\"quoted\\\" one\"", "a \"quoted\" one"));
        assert!(!repeats("a push goes out", "push"));
        assert!(!repeats("nothing here", "tok-5f2c-plain"));
    }

    proptest! {
        #[test]
        fn no_known_secret_is_left(
            before in "[ -~áñ]{0,20}",
            secret in "[!-~]{4,30}",
            other in "[!-~]{4,30}",
            after in "[ -~]{0,20}",
        ) {
            prop_assume!(!GONE.contains(secret.as_str()) && !GONE.contains(other.as_str()));
            let text = format!("{before}{secret}{after}{other}");
            let clean = redact(&text, &[secret.clone(), other.clone()]);
            // What is left may only be made of what stands in a secret's place.
            let rest = clean.replace(GONE, "\n");
            prop_assert!(!rest.contains(&secret) && !rest.contains(&other), "{clean}");
        }
    }
}
