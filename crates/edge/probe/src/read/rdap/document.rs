//! The members of RFC 9083 that a reading uses.
//!
//! Domain and error objects share one struct: which of the two a document is shows only after it
//! was read. Members known to the specification but not used are named so that they do not count
//! as unknown.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::lenient::{List, Number, Truth, Word, object, scalars};

object! {
    /// A whole answer (RFC 9083, sections 5.3 and 6).
    Document {
        @others others,
        @odd odd,
        @known "rdapConformance" | "handle" | "lang" | "publicIds" | "network" | "port43",
        "objectClassName" => class: Word<'a>,
        "ldhName" => ldh_name: Word<'a>,
        "unicodeName" => unicode_name: Word<'a>,
        "status" => status: List<Word<'a>>,
        "events" => events: List<Event<'a>>,
        "entities" => entities: List<Entity<'a>>,
        "nameservers" => nameservers: List<Nameserver<'a>>,
        "secureDNS" | "secureDns" => secure_dns: SecureDns<'a>,
        "variants" => variants: List<Variant<'a>>,
        "redacted" => redacted: List<Redacted<'a>>,
        "notices" => notices: List<Notice<'a>>,
        "remarks" => remarks: List<Notice<'a>>,
        "errorCode" => error_code: Number,
        "title" => title: Word<'a>,
        "description" => description: List<Word<'a>>,
        "links" => links: List<Link<'a>>,
        "domainSearchResults" => found: List<Document<'a>>,
    }
}

object! {
    /// One dated event (RFC 9083, section 4.5).
    Event { @odd odd, "eventAction" => action: Word<'a>, "eventDate" => date: Word<'a> }
}

object! {
    /// A person or organisation with a role (RFC 9083, section 5.1).
    Entity {
        @odd odd,
        "roles" => roles: List<Word<'a>>,
        "publicIds" => public_ids: List<PublicId<'a>>,
        "vcardArray" => vcard: Vcard,
        "handle" => handle: Word<'a>,
    }
}

object! {
    /// A number in somebody's list (RFC 9083, section 4.8).
    PublicId { "type" => kind: Word<'a>, "identifier" => identifier: Word<'a> }
}

object! {
    /// A name server (RFC 9083, section 5.2).
    Nameserver { @odd odd, "ldhName" => ldh_name: Word<'a>, "unicodeName" => unicode_name: Word<'a>, "ipAddresses" => addresses: Addresses<'a> }
}

object! {
    /// Addresses of a name server.
    Addresses { "v4" => v4: List<Word<'a>>, "v6" => v6: List<Word<'a>> }
}

object! {
    /// What the registry publishes of DNSSEC (RFC 9083, section 5.3).
    SecureDns {
        @odd odd,
        "delegationSigned" => delegation_signed: Truth,
        "dsData" => ds: List<Word<'a>>,
        "keyData" => keys: List<Word<'a>>,
    }
}

object! {
    /// A set of variants (RFC 9083, section 5.3).
    Variant { "variantNames" => names: List<VariantName<'a>> }
}

object! {
    /// One variant.
    VariantName { "ldhName" => ldh_name: Word<'a>, "unicodeName" => unicode_name: Word<'a> }
}

object! {
    /// One redaction (RFC 9537, section 4.2).
    Redacted { "name" => name: RedactedName<'a> }
}

object! {
    /// The name of a redaction.
    RedactedName { "type" => kind: Word<'a>, "description" => description: Word<'a> }
}

object! {
    /// A notice or remark (RFC 9083, section 4.3).
    Notice { "title" => title: Word<'a>, "description" => description: List<Word<'a>> }
}

object! {
    /// A link (RFC 9083, section 4.2).
    Link { "rel" => rel: Word<'a>, "href" => href: Word<'a>, "type" => kind: Word<'a> }
}

/// The organisation or full name of a jCard (RFC 7095): the only properties used.
#[derive(Debug, Default)]
pub(super) struct Vcard {
    /// The `fn` property.
    pub(super) full_name: Option<String>,
    /// The `org` property.
    pub(super) organisation: Option<String>,
}

impl<'de> Deserialize<'de> for Vcard {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CardVisitor)
    }
}

/// `["vcard", [property, ...]]`: any text is skipped, any list is taken for the properties.
struct CardVisitor;

impl<'de> Visitor<'de> for CardVisitor {
    type Value = Vcard;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a jCard")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vcard, A::Error> {
        let mut card = Vcard::default();
        while let Some(part) = seq.next_element::<Part>()? {
            if let Part::Properties(found) = part {
                card = found;
            }
        }
        Ok(card)
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vcard, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Vcard::default())
    }
    scalars!(Vcard::default());
}

/// One of the two parts of a jCard.
enum Part {
    Word,
    Properties(Vcard),
}

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PartVisitor;
        impl<'de> Visitor<'de> for PartVisitor {
            type Value = Part;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a part of a jCard")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Part, A::Error> {
                let mut card = Vcard::default();
                while let Some(property) = seq.next_element::<Property>()? {
                    match property.name {
                        Some("fn") => card.full_name = property.value,
                        Some("org") => card.organisation = property.value,
                        _ => {}
                    }
                }
                Ok(Part::Properties(card))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Part, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Part::Word)
            }
            scalars!(Part::Word);
        }
        deserializer.deserialize_any(PartVisitor)
    }
}

/// `[name, parameters, type, value]`; the value is kept for `fn` and `org` only.
#[derive(Default)]
struct Property {
    name: Option<&'static str>,
    value: Option<String>,
}

impl<'de> Deserialize<'de> for Property {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PropertyVisitor;
        impl<'de> Visitor<'de> for PropertyVisitor {
            type Value = Property;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a jCard property")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Property, A::Error> {
                let mut property = Property::default();
                let Some(name) = seq.next_element::<Word<'de>>()? else { return Ok(property) };
                property.name = name
                    .get()
                    .and_then(|name| ["fn", "org"].into_iter().find(|known| name.eq_ignore_ascii_case(known)));
                if property.name.is_some() {
                    seq.next_element::<IgnoredAny>()?;
                    seq.next_element::<IgnoredAny>()?;
                    property.value = seq.next_element::<Word<'de>>()?.and_then(|word| word.get().map(str::to_owned));
                }
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(property)
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Property, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Property::default())
            }
            scalars!(Property::default());
        }
        deserializer.deserialize_any(PropertyVisitor)
    }
}
