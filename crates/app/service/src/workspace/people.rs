//! People of a workspace, and the keys they sign with.
//!
//! The store holds public keys only. A private key is made in the folder once, to be handed to its
//! person; whoever holds the file signs as them, and the store needs it no more.

use namekeep_evidence::Role;
use namekeep_model::{Department, Person, PersonId, Text, Timestamp, words};
use namekeep_playbook::{Approver, People};
use namekeep_store::{PublicKey, Store as _};

use super::{PersonRecord, Workspace};
use crate::block::block_on;
use crate::keys::{Keyring, LOG_KEY, SERVICE_KEY};
use crate::Failure;

/// A person who was added or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPerson {
    /// The person as they stand now.
    pub record: PersonRecord,
    /// The digest of their public key: what people compare.
    pub fingerprint: String,
    /// The private key's file to hand over, where it lies in the folder.
    pub key_file: Option<std::path::PathBuf>,
}

impl Workspace {
    /// Adds a person or changes one; the first time, makes their key.
    pub fn add_person(
        &mut self,
        id: PersonId,
        department: Department,
        approver: bool,
        now: Timestamp,
    ) -> Result<NewPerson, Failure> {
        let name = Keyring::name_of(&id);
        let known = self.public_key(&id)?;
        let key = match known {
            Some(key) => key,
            None => {
                let public = self.keys.key_or_new(&name)?.public().clone();
                let fingerprint = public.fingerprint().to_string();
                if let Some(other) = block_on(self.store.keys())?.into_iter().find(|key| key.id == fingerprint) {
                    let other = other.person;
                    return Err(Failure::new("E2001", crate::Exit::Usage, words!(
                        en: "the key file {name}.pem holds the key of {other}; nothing was changed",
                        zh: "密钥文件 {name}.pem 是 {other} 的密钥；未作任何更改"
                    ))
                    .hint(Text::new("each person has a key of their own: remove the copied file", "每人使用自己的密钥：请移除复制的文件")));
                }
                let key = PublicKey {
                    id: public.fingerprint().to_string(),
                    person: id.clone(),
                    role: Role::Approver.word().to_owned(),
                    bytes: public.bytes().to_vec(),
                    added: now,
                    retired: None,
                };
                block_on(self.store.put_key(key.clone()))?;
                key
            }
        };
        let mut settings = self.settings().clone();
        let deputy = settings.person(&id).and_then(|record| record.person.deputy.clone());
        let record = PersonRecord { person: Person { id: id.clone(), department, deputy }, approver };
        match settings.people.iter_mut().find(|old| old.person.id == id) {
            Some(old) => *old = record.clone(),
            None => settings.people.push(record.clone()),
        }
        self.change(settings)?;
        let file = self.folder().join("keys").join(format!("{name}.pem"));
        Ok(NewPerson { record, fingerprint: key.id, key_file: file.is_file().then_some(file) })
    }

    /// The public key a person signs with now.
    pub fn public_key(&self, person: &PersonId) -> Result<Option<PublicKey>, Failure> {
        let keys = block_on(self.store.keys())?;
        Ok(keys.into_iter().find(|key| key.person == *person && key.retired.is_none()))
    }

    /// The public keys a stranger needs to identify who signed a dossier of this workspace: one line a
    /// key, `name+hash+base64 role`, as `evidence verify --trust` takes them. Keys not made yet are left out.
    pub fn trust_lines(&self) -> Result<Vec<String>, Failure> {
        let own = [(LOG_KEY, "log"), (SERVICE_KEY, "service")];
        let mut lines: Vec<String> = own
            .into_iter()
            .filter_map(|(name, role)| Some(format!("{} {role}", self.keys.key(name).ok()?.public())))
            .collect();
        for key in block_on(self.store.keys())?.into_iter().filter(|key| key.retired.is_none()) {
            let Ok(bytes) = <[u8; 32]>::try_from(key.bytes.as_slice()) else { continue };
            if let Ok(public) = namekeep_evidence::PublicKey::new(&Keyring::name_of(&key.person), &bytes) {
                lines.push(format!("{public} approver"));
            }
        }
        Ok(lines)
    }

    /// The people of a plan: who asks, owns and signs, by the keys the store holds.
    ///
    /// An approver without a key is left out: nobody could sign for them.
    pub fn people(&self) -> Result<People, Failure> {
        let settings = self.settings();
        let keys = block_on(self.store.keys())?;
        let key_of = |id: &PersonId| {
            let key = keys.iter().find(|key| key.person == *id && key.retired.is_none())?;
            Some(hex::encode(&key.bytes))
        };
        let signer = |record: &PersonRecord| {
            Some(Approver { person: record.person.clone(), key: key_of(&record.person.id)? })
        };
        let approvers: Vec<Approver> = settings
            .people
            .iter()
            .filter(|record| record.approver && record.person.id != settings.requester)
            .filter_map(signer)
            .collect();
        let stands_in = |record: &&PersonRecord| {
            let id = &record.person.id;
            let named = approvers.iter().any(|approver| approver.person.id == *id);
            let deputy = approvers.iter().any(|approver| approver.person.deputy.as_ref() == Some(id));
            deputy && !named && *id != settings.requester
        };
        let deputies = settings.people.iter().filter(stands_in).filter_map(signer).collect();
        let first = |department| {
            let record = settings.people.iter().find(|record| record.person.department == department)?;
            Some((department, record.person.id.clone()))
        };
        let owner = first(Department::Operations).map_or_else(|| settings.requester.clone(), |(_, id)| id);
        Ok(People {
            requester: settings.requester.clone(),
            owner: owner.clone(),
            duty: owner,
            approvers,
            deputies,
            assignees: Department::ALL.into_iter().filter_map(first).collect(),
        })
    }

    /// Names who asks for runs from now on.
    pub fn set_requester(&mut self, id: PersonId) -> Result<(), Failure> {
        let mut settings = self.settings().clone();
        if settings.person(&id).is_none() {
            let says = words!(en: "`{id}` is no person of this workspace", zh: "`{id}` 不是此工作区的人员");
            return Err(Failure::usage(says).hint(Text::new(
                "`namekeep config` lists the people; `namekeep config person ID DEPARTMENT` adds one",
                "`namekeep config` 列出人员；`namekeep config person 编号 部门` 添加人员",
            )));
        }
        settings.requester = id;
        self.change(settings)
    }
}
