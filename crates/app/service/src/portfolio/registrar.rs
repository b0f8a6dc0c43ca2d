//! Which registrar a list means: from the words of consoles and WHOIS to a rule id.

use namekeep_rules::Rulebook;

/// Words by which consoles, contracts and WHOIS name a registrar for which there is an overlay.
///
/// Read in public WHOIS answers and console headings; a word stands for a registrar only where no
/// other registrar of the overlays uses it.
const WORDS: [(&str, &str); 14] = [
    ("阿里云", "aliyun"),
    ("万网", "aliyun"),
    ("hichina", "aliyun"),
    ("alibaba", "aliyun"),
    ("aliyun", "aliyun"),
    ("腾讯云", "tencent"),
    ("tencent", "tencent"),
    ("dnspod", "tencent"),
    ("route 53", "route53"),
    ("amazon registrar", "route53"),
    ("godaddy", "godaddy"),
    ("gandi", "gandi"),
    ("dnsimple", "dnsimple"),
    ("ru-center", "ru-center"),
];

/// The overlay id or IANA number a text means; nothing where no rule speaks for that registrar.
pub fn registrar_id(rules: &Rulebook, text: &str) -> Option<String> {
    let text = text.trim().to_lowercase();
    if text.parse::<u32>().is_ok() {
        return Some(text);
    }
    let known = |id: &str| rules.overlays().all().iter().find(|overlay| overlay.id.eq_ignore_ascii_case(id));
    if let Some(overlay) = known(&text) {
        return Some(overlay.id.clone());
    }
    let (_, id) = WORDS.iter().find(|(word, _)| text.contains(word))?;
    known(id).map(|overlay| overlay.id.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registrar_is_found_by_its_id_number_and_words() {
        let rules = Rulebook::embedded().unwrap();
        for (text, id) in [
            ("aliyun", Some("aliyun")),
            ("阿里云计算有限公司（万网）", Some("aliyun")),
            ("Alibaba Cloud Computing (Beijing) Co., Ltd.", Some("aliyun")),
            ("GoDaddy.com, LLC", Some("godaddy")),
            (" 420 ", Some("420")),
            ("a registrar nobody wrote a rule for", None),
            ("", None),
        ] {
            assert_eq!(registrar_id(&rules, text).as_deref(), id, "{text}");
        }
        for (word, id) in WORDS {
            assert_eq!(registrar_id(&rules, word).as_deref(), Some(id), "{word} names no overlay");
        }
    }
}
