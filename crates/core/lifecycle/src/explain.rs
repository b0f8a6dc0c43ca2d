//! What a projection says beside its dates: reasons, tasks for people, notes.

use namekeep_model::phase::PhaseKind;
use namekeep_model::{Confidence, Source, words};
use namekeep_rules::{Found, Row, Term, TrapCode, UnknownWhy};

use crate::instants::{EventKind, before};
use crate::life::{Life, order_before};
use crate::project::{Act, Event, Phase, Projection, local_name, price};
use crate::seen::Seen;
use crate::standing::Bounds;
use crate::state::{ChargeDay, NameState};
use crate::traps::quoted;

impl Projection<'_> {
    /// Says why nothing is known and what a person has to ask.
    pub(crate) fn nothing_known(&mut self, state: &NameState) {
        let Found::Unknown { why, .. } = self.subject.found else { return };
        let suffix = &state.suffix;
        self.unknown = Some(match why {
            UnknownWhy::NotRead => {
                words!(en: "no life cycle was read for .{s}", zh: "未读到 .{s} 的生命周期规则", s = suffix)
            }
            UnknownWhy::NoRow => {
                words!(en: ".{s} is a country's suffix without a row: its registry sets its own rules", zh: ".{s} 为国家后缀，规则表中无此行：由其注册局自行规定", s = suffix)
            }
            UnknownWhy::Special(why) => why.clone(),
            UnknownWhy::NotASuffix => words!(en: "`{s}` is no suffix", zh: "“{s}”不是后缀", s = suffix),
        });
        self.asks.push(words!(
            en: "ask the registrar of .{s}: last day of renewal, day resolution stops, restore and its price, day of release; enter each with its source",
            zh: "向 .{s} 的注册商核实：最后续费日、停止解析日、能否赎回及价格、释放日；逐项填写并注明来源", s = suffix
        ));
        if let Some(choice) = self.choice {
            let rule = self.subject.overlay.and_then(|(_, rule)| rule);
            let order = self.subject.found.row().and_then(|row| order_before(row, rule));
            if let Some(days) = order.map(|order| before(Bounds::exactly(choice.date), order)) {
                self.events.push(Event {
                    kind: EventKind::OrderDeadline,
                    earliest: Some(days.earliest),
                    typical: days.typical,
                    latest: days.latest,
                    source: self.subject.source(),
                    confidence: Confidence::Low,
                    provisional: true,
                });
            }
            self.events.push(Event {
                kind: EventKind::Expiry,
                earliest: Some(choice.date),
                typical: Some(choice.date),
                latest: Some(choice.date),
                source: format!("fact:{}", choice.which.code()),
                confidence: choice.confidence,
                provisional: true,
            });
        }
        if let Some(row) = self.subject.found.row() {
            self.notes.extend(row.restore_traps.iter().cloned());
            self.notes.extend(row.confidence_by_field.values().map(|text| quoted(text)));
        }
    }

    /// Says what a status alone tells where no date is known.
    pub(crate) fn no_date(&mut self, row: &Row, life: &Life, seen: Seen) {
        let (kind, stage) = match seen {
            Seen::Stage(at) => (None, life.stages().get(usize::from(at))),
            Seen::Restoring(_) => (Some(PhaseKind::PendingRestore), None),
            Seen::Outside(kind) => (Some(kind), None),
            Seen::Released => (Some(PhaseKind::Released), None),
            Seen::Nothing | Seen::AtMost(_) => (None, None),
        };
        if let Some(kind) = kind.or(stage.map(|stage| stage.kind)) {
            self.phase = Phase { kind, local_name: local_name(row, stage), observed: true, ..self.phase.clone() };
        }
        if let Some(stage) = stage {
            let act = |may| Act { may, price: price(may, stage), until: None, blocked_by: None };
            self.acts = namekeep_rules::May::ALL.into_iter().filter(|&may| stage.rights.has(may)).map(act).collect();
        }
        self.unknown = Some(words!(en: "no expiry date is known", zh: "没有已知的到期日"));
        self.asks.push(words!(en: "read the expiry date from the registrar's account", zh: "从注册商账号读取到期日"));
    }

    /// Adds what a reader needs beside the dates.
    pub(crate) fn say(&mut self, state: &NameState, row: &Row, life: &Life) {
        if let Some(choice) = self.choice {
            if choice.rests_on_whois_only {
                self.asks.push(words!(en: "WHOIS alone gives the date; no plan rests on it: ask the account", zh: "日期仅来自 WHOIS，不能作为计划依据：须向账号核实"));
            } else if choice.provisional {
                self.asks.push(words!(en: "ask the account for the paid date", zh: "向账号核实已付费至何日"));
            }
        }
        if state.charge_day == ChargeDay::Unknown && state.auto_renew != Some(false) {
            self.asks.push(
                words!(en: "ask the registrar on which day auto-renew charges", zh: "向注册商核实自动续费的扣款日"),
            );
        }
        if state.registrar.is_none() {
            self.notes.push(words!(en: "the registrar is not known: the dates are the registry's bounds", zh: "注册商未知：日期为注册局范围"));
        }
        if let Found::Template { .. } = self.subject.found {
            self.notes.push(words!(en: "no row of its own: general gTLD policy", zh: "无专门规则：按通用顶级域政策"));
        }
        if let Found::Row { climbed: 1.., .. } = self.subject.found {
            self.notes.push(words!(en: "read by the row of .{t}", zh: "按 .{t} 的规则", t = row.tld));
        }
        match (&state.registrar, self.subject.overlay) {
            (Some(registrar), None) => self.notes.push(words!(
                en: "nothing is known about the registrar {r}: the dates are the registry's bounds",
                zh: "没有关于注册商 {r} 的资料：日期为注册局范围", r = registrar
            )),
            (Some(_), Some((overlay, None))) => self.notes.push(words!(
                en: "{r} has no rule for this suffix: the dates are the registry's bounds",
                zh: "{r} 没有该后缀的规则：日期为注册局范围", r = overlay.registrar
            )),
            _ => {}
        }
        if row.has(TrapCode::CancellationNeeded) {
            self.notes.push(words!(
                en: "the dates after expiry hold if a cancellation takes effect on that day",
                zh: "到期后的日期以取消在该日生效为前提"
            ));
        }
        if state.auto_renew == Some(true) {
            self.notes.push(words!(
                en: "auto-renew is on: the dates after expiry come only if the charge fails",
                zh: "自动续费已开启：仅在扣款失败时才会出现到期后的日期"
            ));
        }
        if state.identity_verified == Some(false) && row.has(TrapCode::IdentityOutranksClock) {
            self.asks.push(words!(en: "pass the identity check before anything else: it outranks these dates", zh: "先完成实名核验：其优先于以上日期"));
        }
        if self.phase.kind == PhaseKind::Unknown && self.unknown.is_none() {
            self.unknown =
                Some(words!(en: "whether the name resolves in this stage was not read", zh: "未读到该阶段是否解析"));
            self.asks.push(words!(en: "look whether the name resolves", zh: "查看域名是否解析"));
        }
        if let Some(rule) = self.subject.overlay.and_then(|(_, rule)| rule).filter(|_| life.asks) {
            let terms = [&rule.grace, &rule.redemption, &rule.pending_delete];
            let open: Vec<&str> = terms.into_iter().flatten().filter_map(Term::ask).collect();
            self.asks.push(
                words!(en: "the registrar gives no number: {o}", zh: "注册商未给出天数：{o}", o = open.join(", ")),
            );
        }
        self.notes.extend(row.restore_traps.iter().cloned());
        let behaviour = self.subject.overlay.into_iter().flat_map(|(overlay, _)| &overlay.behaviour);
        let found_later = row.additions.iter().map(|addition| &addition.text);
        self.notes.extend(row.notes.iter().chain(found_later).chain(behaviour).map(|text| quoted(text)));
        if typed(self.choice.is_some(), state) {
            self.notes.push(words!(en: "the date was typed by a person", zh: "日期由人工填写"));
        }
    }
}

/// Tells whether every date known was typed by a person.
fn typed(chosen: bool, state: &NameState) -> bool {
    let facts = [state.registry_expiry, state.registrar_expiry, state.paid_until];
    chosen && facts.into_iter().flatten().all(|fact| fact.source == Source::Person)
}
