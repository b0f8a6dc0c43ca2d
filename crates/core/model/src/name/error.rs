//! What is wrong with a text that is no domain name, where, and what cures it.

use std::fmt;

use crate::text::{Text, Words};
use crate::words;

/// Kinds of fault in a text given as a domain name. Codes and numbers are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NameFault {
    /// Nothing, or only white space or a dot, was given.
    Empty,
    /// More than 253 octets without the final dot (RFC 1035 2.3.4, RFC 1123 2.1).
    NameTooLong,
    /// A label of more than 63 octets (RFC 1035 2.3.4).
    LabelTooLong,
    /// Two dots in a row, or a dot in front.
    EmptyLabel,
    /// No dot: a top-level domain or a bare word.
    SingleLabel,
    /// An underscore: a service or host name (RFC 8552), not a name one registers.
    Underscore,
    /// A printable ASCII character other than letter, digit, hyphen (STD3, RFC 1123 2.1).
    InvalidCharacter,
    /// A control character.
    ControlCharacter,
    /// A character that reorders the text around it (UAX #9).
    BidiControl,
    /// White space inside the name.
    WhiteSpace,
    /// A URL or a path.
    Url,
    /// A mail address.
    MailAddress,
    /// A port number after the name.
    Port,
    /// A wildcard.
    Wildcard,
    /// An IPv4 or IPv6 address.
    IpAddress,
    /// A hyphen at the start or the end of a label, or in both its third and fourth place
    /// (RFC 5891 4.2.3.1).
    Hyphen,
    /// A label starting with `xn--` that is no A-label (RFC 5890 2.3.2.1).
    InvalidALabel,
    /// A character IDNA2008 does not permit (RFC 5892).
    DisallowedCharacter,
    /// A character permitted only between certain neighbours (RFC 5892 appendix A).
    ContextRule,
    /// Right-to-left and left-to-right text that breaks the bidi rule (RFC 5893 2).
    BidiRule,
    /// A label starting with a combining mark (RFC 5891 4.2.3.2).
    InitialMark,
    /// A top-level domain of digits only (RFC 3696 2).
    NumericTld,
}

impl NameFault {
    /// Every kind of fault.
    pub const ALL: [NameFault; 22] = [
        Self::Empty,
        Self::NameTooLong,
        Self::LabelTooLong,
        Self::EmptyLabel,
        Self::SingleLabel,
        Self::Underscore,
        Self::InvalidCharacter,
        Self::ControlCharacter,
        Self::BidiControl,
        Self::WhiteSpace,
        Self::Url,
        Self::MailAddress,
        Self::Port,
        Self::Wildcard,
        Self::IpAddress,
        Self::Hyphen,
        Self::InvalidALabel,
        Self::DisallowedCharacter,
        Self::ContextRule,
        Self::BidiRule,
        Self::InitialMark,
        Self::NumericTld,
    ];

    /// Returns the number of the error page.
    pub const fn number(self) -> &'static str {
        self.row().0
    }

    /// Returns the word a script reads.
    pub const fn code(self) -> &'static str {
        self.row().1
    }

    /// Says what is wrong.
    pub const fn text(self) -> Text {
        self.row().2
    }

    /// Says what to do about it.
    pub const fn hint(self) -> Text {
        self.row().3
    }

    const fn row(self) -> (&'static str, &'static str, Text, Text) {
        const fn t(en: &'static str, zh: &'static str) -> Text {
            Text::new(en, zh)
        }
        match self {
            Self::Empty => (
                "E1001",
                "empty",
                t("no name was given", "没有给出域名"),
                t("give a name such as example.com", "请给出一个域名，例如 example.com"),
            ),
            Self::NameTooLong => (
                "E1002",
                "name-too-long",
                t("the name is longer than 253 octets", "域名超过 253 个八位字节"),
                t("shorten the name; the limit holds for its A-label form", "缩短域名；上限按 A-label 形式计算"),
            ),
            Self::LabelTooLong => (
                "E1003",
                "label-too-long",
                t("a label is longer than 63 octets", "某一级标签超过 63 个八位字节"),
                t("shorten the label; the limit holds for its A-label form", "缩短该标签；上限按 A-label 形式计算"),
            ),
            Self::EmptyLabel => {
                ("E1004", "empty-label", t("a label is empty", "存在空标签"), t("remove the extra dot", "删去多余的点"))
            }
            Self::SingleLabel => (
                "E1005",
                "single-label",
                t("the name has one label only", "域名只有一级标签"),
                t("add the suffix, as in example.com", "补上后缀，例如 example.com"),
            ),
            Self::Underscore => (
                "E1006",
                "underscore",
                t("underscores occur in service names, not in domain names", "下划线只用于服务名，不能出现在域名中"),
                t("give the domain name without the service label", "去掉带下划线的服务标签，只给域名"),
            ),
            Self::InvalidCharacter => (
                "E1007",
                "invalid-character",
                t("this character cannot occur in a domain name", "此字符不能出现在域名中"),
                t("use letters, digits and hyphens", "只用字母、数字和连字符"),
            ),
            Self::ControlCharacter => (
                "E1008",
                "control-character",
                t("the name holds a control character", "域名中有控制字符"),
                t(
                    "remove the invisible character; check where the text was copied from",
                    "删去不可见字符，并核对文本来源",
                ),
            ),
            Self::BidiControl => (
                "E1009",
                "bidi-control",
                t("the name holds a character that reorders text", "域名中有改变文字方向的字符"),
                t(
                    "remove the invisible character; what is shown is not what is stored",
                    "删去不可见字符；显示的内容与实际内容不同",
                ),
            ),
            Self::WhiteSpace => (
                "E1010",
                "white-space",
                t("the name holds white space", "域名中有空白字符"),
                t("remove the space, or give one name per line", "删去空白，或每行只写一个域名"),
            ),
            Self::Url => (
                "E1011",
                "url",
                t("this is a URL, not a domain name", "这是网址，不是域名"),
                t("give the host alone, as in example.com", "只给主机部分，例如 example.com"),
            ),
            Self::MailAddress => (
                "E1012",
                "mail-address",
                t("this is a mail address, not a domain name", "这是邮箱地址，不是域名"),
                t("give the part after the @", "只给 @ 之后的部分"),
            ),
            Self::Port => (
                "E1013",
                "port",
                t("a port number follows the name", "域名后面带有端口号"),
                t("remove the colon and the number", "删去冒号和数字"),
            ),
            Self::Wildcard => (
                "E1014",
                "wildcard",
                t("a wildcard is not a domain name", "通配符不是域名"),
                t("give the name below the asterisk", "只给星号之后的域名"),
            ),
            Self::IpAddress => (
                "E1015",
                "ip-address",
                t("this is an IP address, not a domain name", "这是 IP 地址，不是域名"),
                t("give a name such as example.com", "请给出一个域名，例如 example.com"),
            ),
            Self::Hyphen => (
                "E1016",
                "hyphen",
                t(
                    "a hyphen stands at the start or end of a label, or in its third and fourth place",
                    "连字符位于标签的开头、末尾，或同时位于第三、第四位",
                ),
                t("check the spelling; no registry takes such a name", "核对拼写；注册局不受理这样的域名"),
            ),
            Self::InvalidALabel => (
                "E1017",
                "invalid-a-label",
                t(
                    "a label starts with xn-- but does not decode to a valid name",
                    "标签以 xn-- 开头，但不能还原为有效域名",
                ),
                t("copy the A-label again, or give the name in its own script", "重新复制 A-label，或直接给出原文域名"),
            ),
            Self::DisallowedCharacter => (
                "E1018",
                "disallowed-character",
                t("this character is not permitted in domain names", "此字符不允许用于域名"),
                t(
                    "use letters and digits; IDNA2008 permits no symbols or emoji",
                    "只用文字和数字；IDNA2008 不允许符号和表情",
                ),
            ),
            Self::ContextRule => (
                "E1019",
                "context-rule",
                t("this character is permitted only between certain neighbours", "此字符只能与特定字符相邻使用"),
                t("check the spelling around it", "核对其前后的拼写"),
            ),
            Self::BidiRule => (
                "E1020",
                "bidi-rule",
                t(
                    "right-to-left and left-to-right text are mixed in a way no name may have",
                    "从右到左与从左到右的文字以不允许的方式混排",
                ),
                t("use one direction in each label", "每一级标签只用一个方向的文字"),
            ),
            Self::InitialMark => (
                "E1021",
                "initial-mark",
                t("a label starts with a combining mark", "标签以组合附加符号开头"),
                t("put a letter before the mark", "在附加符号之前补上字母"),
            ),
            Self::NumericTld => (
                "E1022",
                "numeric-tld",
                t("the last label holds digits only", "最后一级标签只有数字"),
                t("add the suffix, as in 123.com", "补上后缀，例如 123.com"),
            ),
        }
    }
}

/// A text that is no domain name: the fault and where it lies in what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub struct NameError {
    /// What is wrong.
    pub fault: NameFault,
    /// Index of the offending character in the input, counted in characters from 0.
    ///
    /// Faults of a whole label point at its first character, faults of the whole name at the
    /// first character of the name.
    pub position: usize,
    /// The offending character, where the fault lies in one.
    pub found: Option<char>,
}

impl NameError {
    /// Returns the number of the error page, such as `E1003`.
    pub fn number(&self) -> &'static str {
        self.fault.number()
    }

    /// Returns the word a script reads, such as `label-too-long`.
    pub fn code(&self) -> &'static str {
        self.fault.code()
    }

    /// Says what is wrong and where; the character is named by its code point, never printed raw.
    pub fn message(&self) -> Words {
        let Text { en, zh } = self.fault.text();
        let place = self.position.saturating_add(1);
        match self.found.map(u32::from) {
            Some(found) => words!(
                en: "{en} (U+{found:04X}, character {place})",
                zh: "{zh}（U+{found:04X}，第 {place} 个字符）",
            ),
            None => words!(en: "{en} (character {place})", zh: "{zh}（第 {place} 个字符）"),
        }
    }

    /// Says what to do about it.
    pub fn hint(&self) -> Text {
        self.fault.hint()
    }
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message().en)
    }
}
