//! Certificates on real TLS servers: good, expired, early, of another name, self-signed, of an
//! unknown authority, and servers that hang or are not there.

use namekeep_assess::watch::{Profile, Round, profile, t6};
use namekeep_model::Level;
use namekeep_probe::tls::trust::Roots;
use namekeep_probe::{Tape, tls};

use crate::servers::{Authority, Identity, Life, Manner, self_signed, serve, serve_tls};
use crate::{name, now, run, seen, wire};

const RUNNING: Life = ((2026, 11, 1), (2027, 1, 30));

fn raised(text: &str, looked: &namekeep_probe::Looked<Vec<tls::TlsAnswer>>, roots: &Roots) -> Vec<(Level, String)> {
    let name = name(text);
    let profile = Profile::parse(profile::DEFAULT.as_bytes()).unwrap();
    let round = Round { name: &name, now: now(), evidence: &[] };
    let seen = seen::certificates(&name, looked.outcome.as_ref().unwrap(), roots, now());
    t6::check(&round, &profile.certificates, &seen).into_iter().map(|f| (f.level, f.says.en)).collect()
}

#[test]
fn every_bad_certificate_is_found_and_the_good_one_raises_nothing() {
    use Level::{Critical, Notice, Warning};
    let (own, other) = (Authority::new("Authority A"), Authority::new("Authority B"));
    let roots = Roots::from_pem(own.pem.as_bytes()).unwrap();
    let cases: Vec<(Identity, &[Level], &str)> = vec![
        (own.issue("good.test", RUNNING), &[], ""),
        (own.issue("*.test", RUNNING), &[Critical], "does not cover"),
        (own.issue("good.test", ((2026, 8, 1), (2026, 11, 23))), &[Critical], "expired"),
        (own.issue("good.test", ((2026, 11, 25), (2027, 2, 1))), &[Critical], "only from"),
        (own.issue("other.test", RUNNING), &[Critical], "does not cover"),
        (own.issue("good.test", ((2026, 9, 1), (2026, 12, 20))), &[Notice], "% of its life"),
        (own.issue("good.test", ((2026, 9, 1), (2026, 12, 6))), &[Warning], "% of its life"),
        (own.issue("good.test", ((2026, 9, 1), (2026, 11, 27))), &[Critical], "% of its life"),
        (self_signed("good.test", RUNNING), &[Critical], "vouches for itself"),
        (other.issue("good.test", RUNNING), &[Critical], "no trusted authority"),
    ];
    run(async {
        // No DNS is asked: the address of a resolver only opens the loopback.
        let wire = wire("127.0.0.1:1".parse().unwrap());
        for (identity, levels, words) in cases {
            let at = serve_tls("127.0.0.21", 0, &identity, |_| Manner::Says(Vec::new())).await;
            let looked = tls::look(&wire, &name("good.test"), &[at.ip()], at.port()).await;
            let found = raised("good.test", &looked, &roots);
            assert_eq!(found.iter().map(|(level, _)| *level).collect::<Vec<_>>(), levels, "{words}: {found:?}");
            assert!(found.iter().all(|(_, says)| says.contains(words)), "{words}: {found:?}");
        }
    });
}

#[test]
fn an_expired_certificate_of_another_name_from_nowhere_has_three_faults() {
    let identity = self_signed("other.test", ((2026, 8, 1), (2026, 11, 23)));
    let roots = Roots::public();
    run(async {
        let wire = wire("127.0.0.1:1".parse().unwrap());
        let at = serve_tls("127.0.0.22", 0, &identity, |_| Manner::Says(Vec::new())).await;
        let looked = tls::look(&wire, &name("good.test"), &[at.ip()], at.port()).await;
        assert_eq!(raised("good.test", &looked, &roots).len(), 3);
    });
}

#[test]
fn each_address_is_asked_on_its_own_and_a_tape_replays_them() {
    let own = Authority::new("Authority A");
    let roots = Roots::from_pem(own.pem.as_bytes()).unwrap();
    let good = own.issue("good.test", RUNNING);
    run(async {
        let wire = wire("127.0.0.1:1".parse().unwrap());
        let port = serve_tls("127.0.0.23", 0, &good, |_| Manner::Says(Vec::new())).await.port();
        let addresses = ["127.0.0.23", "127.0.0.24", "10.1.2.3"].map(|text| text.parse().unwrap());
        let looked = tls::look(&wire, &name("good.test"), &addresses, port).await;
        // One serves, one takes no connection, one may not be dialled at all.
        let found = raised("good.test", &looked, &roots);
        assert!(found.len() == 1 && found[0].1.contains("take no connection: 127.0.0.24"), "{found:?}");
        assert_eq!(looked.tape.exchanges.len(), 2);
        let tape = Tape::parse(looked.tape.to_lines().unwrap().as_bytes()).unwrap();
        let replay = tls::look(
            &crate::wire("127.0.0.1:1".parse().unwrap()).replaying(tape),
            &name("good.test"),
            &addresses,
            port,
        )
        .await;
        assert_eq!(replay.outcome, looked.outcome);
    });
}

#[test]
fn servers_that_hang_or_speak_something_else_are_told_apart_from_closed_ones() {
    run(async {
        let wire = wire("127.0.0.1:1".parse().unwrap());
        let roots = Roots::public();
        for (manner, level) in [
            (Manner::Hangs, Level::Warning),
            (Manner::Drips(0x16), Level::Warning),
            (Manner::Floods, Level::Warning),
            (Manner::Says(b"220 mail.good.test ESMTP\r\n".to_vec()), Level::Warning),
            (Manner::Says(Vec::new()), Level::Warning),
        ] {
            let at = serve("127.0.0.25", move |_| manner.clone()).await;
            let looked = tls::look(&wire, &name("good.test"), &[at.ip()], at.port()).await;
            let found = raised("good.test", &looked, &roots);
            assert_eq!(found.iter().map(|(l, _)| *l).collect::<Vec<_>>(), [level], "{looked:?}");
        }
        let closed = tls::look(&wire, &name("good.test"), &["127.0.0.26".parse().unwrap()], 1).await;
        assert_eq!(raised("good.test", &closed, &roots), []);
    });
}
