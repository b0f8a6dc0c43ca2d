//! One name of the world: all that is true of it, seen or not.
//!
//! A facet per side (DNS, mail, identity, filing ...). Every field has a default that makes an
//! unremarkable name, so a spec says only what is remarkable. Marks of time (`closed`, `detached`
//! ...) are part of the state, so that a spec can begin in the middle of a retirement.

use namekeep_model::{AccountId, Date, DomainName, FindingCode, Level, Money};
use serde::{Deserialize, Serialize};

use crate::facets::{Certificates, Dependencies, Dns, Holder, Identity, Mail, Privacy, Resources, Site, Watch};
use crate::filing::Filing;
use crate::money;
use crate::registry::{Registration, RegistryRules};
use crate::spec::Blind;

/// A name and everything around it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Name {
    /// The name.
    pub name: DomainName,
    /// Further labels of the same registration (a bundle, RFC 9095).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<DomainName>,
    /// The account it lies in.
    pub account: AccountId,
    /// The id of its registry rules in the spec.
    pub rules: String,
    /// Price of a year.
    #[serde(with = "money")]
    pub price: Money,
    /// Price of the way back, where it is known.
    #[serde(default, with = "money::or_none", skip_serializing_if = "Option::is_none")]
    pub restore_price: Option<Money>,
    /// The price is a premium price, and nobody permitted it.
    #[serde(default)]
    pub premium: bool,
    /// The registration and its clock.
    pub registration: Registration,
    /// The holder.
    #[serde(default)]
    pub holder: Holder,
    /// The zone.
    #[serde(default)]
    pub dns: Dns,
    /// Mail.
    #[serde(default)]
    pub mail: Mail,
    /// Log-ins and contacts.
    #[serde(default)]
    pub identity: Identity,
    /// The site and its traffic.
    #[serde(default)]
    pub site: Site,
    /// Certificates.
    #[serde(default)]
    pub certificates: Certificates,
    /// Cloud resources its records point at.
    #[serde(default)]
    pub resources: Resources,
    /// The filing with the ministry and the public-security record.
    #[serde(default)]
    pub filing: Filing,
    /// Personal data.
    #[serde(default)]
    pub privacy: Privacy,
    /// What depends on it.
    #[serde(default)]
    pub dependencies: Dependencies,
    /// The watch after an act.
    #[serde(default)]
    pub watch: Watch,
    /// Troubles shown at a check-point, whatever else is true.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub troubles: Vec<Trouble>,
    /// Look-ups that fail.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blind: Vec<Blind>,
}

impl Name {
    /// An unremarkable name: used a little, filed nowhere.
    pub fn plain(name: DomainName, account: AccountId, rules: &str, price: Money, expiry: Date) -> Self {
        Self {
            name,
            labels: Vec::new(),
            account,
            rules: rules.to_owned(),
            price,
            restore_price: None,
            premium: false,
            registration: Registration::until(expiry),
            holder: Holder::default(),
            dns: Dns::default(),
            mail: Mail::default(),
            identity: Identity::default(),
            site: Site::default(),
            certificates: Certificates::default(),
            resources: Resources::default(),
            filing: Filing::default(),
            privacy: Privacy::default(),
            dependencies: Dependencies::default(),
            watch: Watch::default(),
            troubles: Vec::new(),
            blind: Vec::new(),
        }
    }
}

impl Name {
    /// What the way back costs at the end: a restore, or a renewal where there is no redemption.
    pub fn way_back_price(&self, rules: &RegistryRules) -> Option<Money> {
        if rules.redemption_days > 0 { self.restore_price } else { Some(self.price) }
    }
}

/// A check-point that shows a level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trouble {
    /// Which check-point.
    pub code: FindingCode,
    /// Which level.
    pub level: Level,
    /// What about, for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}
