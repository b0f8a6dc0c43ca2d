//! Money: an exact decimal amount of one currency.
//!
//! Amounts of different currencies never add: there is no rate in here, and no float.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::text::Words;
use crate::words;

/// A currency by its ISO 4217 code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

impl Currency {
    /// Chinese yuan.
    pub const CNY: Self = Self(*b"CNY");
    /// United States dollar.
    pub const USD: Self = Self(*b"USD");

    /// The three letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// Digits after the point (ISO 4217 exponent): 0 for JPY and KRW, 3 for KWD and its like, else 2.
    pub fn exponent(&self) -> u32 {
        match &self.0 {
            b"JPY" | b"KRW" | b"VND" | b"CLP" | b"ISK" => 0,
            b"KWD" | b"BHD" | b"OMR" | b"JOD" | b"TND" => 3,
            _ => 2,
        }
    }
}

/// A text which is no currency or no amount, or two currencies where one is due.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not three upper-case ASCII letters.
    Currency(String),
    /// Not `CNY 12.50`.
    Amount(String),
    /// Two currencies met in one sum.
    Mixed(Currency, Currency),
    /// The sum is beyond 28 digits.
    Overflow,
}

impl MoneyError {
    /// What is wrong, for people.
    pub fn says(&self) -> Words {
        match self {
            Self::Currency(text) => {
                words!(en: "`{text}` is not an ISO 4217 currency code", zh: "`{text}` 不是 ISO 4217 货币代码")
            }
            Self::Amount(text) => words!(
                en: "`{text}` is not an amount such as `CNY 12.50`", zh: "`{text}` 不是金额，应如 `CNY 12.50`"
            ),
            Self::Mixed(one, other) => words!(en: "{one} and {other} do not add", zh: "{one} 与 {other} 不能相加"),
            Self::Overflow => words!(en: "the sum is out of range", zh: "合计超出范围"),
        }
    }
}

impl fmt::Display for MoneyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.says().en)
    }
}

impl FromStr for Currency {
    type Err = MoneyError;
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        match text.as_bytes() {
            &[a, b, c] if [a, b, c].iter().all(u8::is_ascii_uppercase) => Ok(Self([a, b, c])),
            _ => Err(MoneyError::Currency(text.chars().take(12).collect())),
        }
    }
}

impl TryFrom<String> for Currency {
    type Error = MoneyError;
    fn try_from(text: String) -> Result<Self, MoneyError> {
        text.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An amount of one currency, exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// The currency.
    pub currency: Currency,
    /// The amount in whole units (not cents); may be negative.
    #[serde(with = "rust_decimal::serde::str")]
    pub amount: Decimal,
}

impl Money {
    /// Makes an amount.
    pub const fn new(currency: Currency, amount: Decimal) -> Self {
        Self { currency, amount }
    }

    /// Makes an amount from hundredths (`cents(CNY, 3900)` is CNY 39.00).
    pub fn cents(currency: Currency, hundredths: i64) -> Self {
        Self { currency, amount: Decimal::new(hundredths, 2) }
    }

    /// No money, in a currency.
    pub const fn zero(currency: Currency) -> Self {
        Self { currency, amount: Decimal::ZERO }
    }

    /// Adds an amount of the same currency.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::Mixed(self.currency, other.currency));
        }
        let amount = self.amount.checked_add(other.amount).ok_or(MoneyError::Overflow)?;
        Ok(Self { amount, ..self })
    }

    /// The same amount with its sign turned.
    pub fn negate(self) -> Self {
        Self { amount: -self.amount, ..self }
    }

    /// Tells whether this amount is at most `other`; `None` when the currencies differ.
    pub fn at_most(self, other: Self) -> Option<bool> {
        (self.currency == other.currency).then(|| self.amount <= other.amount)
    }
}

/// `CNY 1,178.00`: code, space, thousands separators, the currency's own digits.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.currency.exponent() as usize;
        let text = format!("{:.digits$}", self.amount.abs());
        let (whole, rest) = text.split_once('.').map_or((text.as_str(), None), |(w, r)| (w, Some(r)));
        let mut grouped = String::with_capacity(whole.len() + whole.len() / 3);
        for (i, c) in whole.chars().enumerate() {
            if i > 0 && (whole.len() - i) % 3 == 0 {
                grouped.push(',');
            }
            grouped.push(c);
        }
        let sign = if self.amount.is_sign_negative() && !self.amount.is_zero() { "-" } else { "" };
        let shown = match rest {
            Some(rest) => format!("{} {sign}{grouped}.{rest}", self.currency),
            None => format!("{} {sign}{grouped}", self.currency),
        };
        f.pad(&shown)
    }
}

impl FromStr for Money {
    type Err = MoneyError;

    /// Reads `CNY 1,178.00`, `CNY 39` or `¥39` (yuan); thousands separators are allowed.
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let wrong = || MoneyError::Amount(text.chars().take(40).collect());
        let (currency, amount) = match text.strip_prefix(['¥', '￥']) {
            Some(rest) => (Currency::CNY, rest),
            None => {
                let (code, rest) = text.split_once(' ').ok_or_else(wrong)?;
                (code.parse()?, rest)
            }
        };
        let amount = Decimal::from_str(&amount.trim().replace(',', "")).map_err(|_| wrong())?;
        Ok(Self { currency, amount })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_and_read_back() {
        for (shown, text) in [
            ("CNY 1,178.00", "CNY 1178"),
            ("CNY 39.00", "¥39"),
            ("CNY -12.40", "CNY -12.40"),
            ("JPY 1,234,567", "JPY 1234567"),
            ("CNY 0.00", "CNY -0"),
        ] {
            let money: Money = text.parse().unwrap();
            assert_eq!(money.to_string(), shown);
            assert_eq!(shown.parse::<Money>().unwrap(), money);
        }
    }

    #[test]
    fn currencies_never_mix() {
        let yuan: Money = "CNY 1".parse().unwrap();
        let dollar: Money = "USD 1".parse().unwrap();
        assert!(matches!(yuan.plus(dollar), Err(MoneyError::Mixed(..))));
        assert_eq!(yuan.at_most(dollar), None);
        assert_eq!(yuan.plus(yuan).unwrap().to_string(), "CNY 2.00");
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "CNY", "CNY x", "cny 1", "12", "CNYY 1", "CNY 1e999"] {
            assert!(text.parse::<Money>().is_err(), "{text}");
        }
    }
}
