//! Published vectors: RFC 8785, RFC 6962, C2SP signed-note and tlog-checkpoint, RFC 8032 and RFC 8410.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::key;
use namekeep_evidence::merkle::{
    Frontier, leaf, prove_consistency, prove_inclusion, root, verify_consistency, verify_inclusion,
};
use namekeep_evidence::{Checkpoint, Hash, Note, PublicKey, SignedStatement, SigningKey, TrustedKey, canonical};
use proptest::prelude::*;
use serde_json::{Value, json};

/// The eight leaves of the reference tests of RFC 6962 (Certificate Transparency, merkle tree tests).
const LEAVES: [&str; 8] =
    ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
/// The roots over the first 1 to 8 of them.
const ROOTS: [&str; 8] = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

fn hash(hex: &str) -> Hash {
    Hash::from_hex(hex.as_bytes()).unwrap()
}

fn bytes(hex: &str) -> Vec<u8> {
    hex.as_bytes().chunks(2).map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

#[test]
fn rfc_6962_roots() {
    let leaves: Vec<Hash> = LEAVES.iter().map(|hex| leaf(&bytes(hex))).collect();
    assert_eq!(root(&[]), hash("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
    let mut frontier = Frontier::default();
    for (count, want) in (1..).zip(ROOTS) {
        frontier.push(leaves[count - 1]);
        assert_eq!(frontier.root(), hash(want), "{count} leaves, streaming");
        assert_eq!(root(&leaves[..count]), hash(want), "{count} leaves");
        let kept = Frontier::from_parts(frontier.size(), frontier.peaks().to_vec()).unwrap();
        assert_eq!(kept, frontier);
    }
    assert_eq!(Frontier::from_parts(3, frontier.peaks().to_vec()), None);
}

#[test]
fn rfc_6962_inclusion_and_consistency() {
    let leaves: Vec<Hash> = LEAVES.iter().map(|hex| leaf(&bytes(hex))).collect();
    // (leaf, size, path), from the same reference tests.
    let paths = [
        (0, 1, vec![]),
        (
            0,
            8,
            vec![
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        ),
        (
            5,
            8,
            vec![
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (2, 3, vec!["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    ];
    for (index, size, want) in paths {
        let path = prove_inclusion(&leaves[..size], index).unwrap();
        assert_eq!(path, want.into_iter().map(hash).collect::<Vec<_>>(), "leaf {index} of {size}");
    }
    let proofs = [
        (1, 1, vec![]),
        (
            1,
            8,
            vec![
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        ),
        (
            6,
            8,
            vec![
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (
            2,
            5,
            vec![
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ],
        ),
    ];
    for (old, new, want) in proofs {
        let proof = prove_consistency(&leaves[..new], old).unwrap();
        assert_eq!(proof, want.into_iter().map(hash).collect::<Vec<_>>(), "{old} to {new}");
        assert!(verify_consistency((old, hash(ROOTS[old as usize - 1])), (new as u64, hash(ROOTS[new - 1])), &proof));
    }
    assert!(prove_inclusion(&leaves, 8).is_err() && prove_consistency(&leaves, 9).is_err());
}

/// Every proof of every log up to 70 leaves holds, and holds for nothing else nearby.
#[test]
fn all_proofs_of_small_logs() {
    let leaves: Vec<Hash> = (0..70_u8).map(|n| leaf(&[n])).collect();
    let roots: Vec<Hash> = (0..=70).map(|size| root(&leaves[..size])).collect();
    let (mut held, mut refused) = (0, 0);
    for size in 1..=70_u64 {
        let log = &leaves[..size as usize];
        for index in 0..size {
            let path = prove_inclusion(log, index).unwrap();
            let leaf = log[index as usize];
            assert!(verify_inclusion(leaf, index, size, &path, roots[size as usize]));
            held += 1;
            for wrong in (0..size).filter(|other| *other != index) {
                assert!(!verify_inclusion(leaf, wrong, size, &path, roots[size as usize]));
                refused += 1;
            }
            let mut longer = path.clone();
            longer.push(leaf);
            assert!(!verify_inclusion(leaf, index, size, &longer, roots[size as usize]));
            assert!(path.is_empty() || !verify_inclusion(leaf, index, size, &path[1..], roots[size as usize]));
        }
        for old in 0..=size {
            let proof = prove_consistency(log, old).unwrap();
            let head = |size: u64| (size, roots[size as usize]);
            assert!(verify_consistency(head(old), head(size), &proof), "{old} {size}");
            held += 1;
            for other in (0..=size).filter(|other| *other != old) {
                assert!(!verify_consistency((old, roots[other as usize]), head(size), &proof), "{old} {other} {size}");
                refused += 1;
            }
        }
    }
    println!("{held} proofs held, {refused} wrong ones refused");
}

#[test]
fn c2sp_signed_note() {
    // From the reference implementation's tests (golang.org/x/mod, sumdb/note).
    let line = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    let enoch = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";
    let text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    let signature = "\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    let other = "\u{2014} EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n";
    let note = format!("{text}\n{signature}");
    let (peter, enoch): (PublicKey, PublicKey) = (line.parse().unwrap(), enoch.parse().unwrap());
    assert_eq!((peter.to_string().as_str(), peter.id()), (line, [0xc7, 0x4f, 0x20, 0xa3]));

    let mut seed = [0; 32];
    let secret = base64::Engine::decode(
        &base64::engine::general_purpose::STANDARD,
        "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
    );
    seed.copy_from_slice(&secret.unwrap()[1..]);
    let signer = SigningKey::from_seed("PeterNeumann", &seed).unwrap();
    assert_eq!(
        Note::sign(text, &[&signer]).unwrap(),
        note,
        "Ed25519 is deterministic: the bytes are the published ones"
    );

    let parsed = Note::parse(&note).unwrap();
    assert_eq!(parsed.text, text);
    assert_eq!(parsed.verify(std::slice::from_ref(&peter)).unwrap(), [&peter]);
    let both = format!("{text}\n{signature}{other}");
    let both = Note::parse(&both).unwrap();
    assert_eq!(both.verify(std::slice::from_ref(&peter)).unwrap(), [&peter], "unknown lines are ignored");
    assert_eq!(both.verify(&[peter.clone(), enoch.clone()]).unwrap().len(), 2);
    assert!(Note::parse(&note).unwrap().verify(&[enoch]).is_err(), "no known key");
    let forged = note.replace("answer", "anewer");
    assert!(Note::parse(&forged).unwrap().verify(&[peter]).is_err(), "a failing known key refuses the note");

    for bad in [
        text.to_owned(),
        format!("{text}\n"),
        note.trim_end().to_owned(),
        format!("\u{1}{note}"),
        format!("{text}\n\u{2014} Bad Name {}", &signature[17..]),
        format!("{note}Unexpected line.\n"),
        format!("{text}\n{}", signature.repeat(101)),
        note.replace('\u{2014}', "-"),
    ] {
        assert!(Note::parse(&bad).is_err(), "{bad:?}");
    }
}

#[test]
fn verifier_key_lines_are_exact() {
    let line = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    for from in 0..line.len() {
        for to in from..line.len() {
            assert!(line[from..to].parse::<PublicKey>().is_err());
        }
        let mut changed = line.as_bytes().to_vec();
        changed[from] += 1;
        assert!(String::from_utf8(changed).unwrap().parse::<PublicKey>().is_err(), "byte {from}");
    }
    for name in ["", "a b", "a+b", "a\u{202e}b", "a\u{3000}b", "a\nb"] {
        assert!(SigningKey::from_seed(name, &[1; 32]).is_err(), "{name:?}");
    }
    // The neutral element as a key would hold for any message.
    assert!(
        PublicKey::new("weak", &{
            let mut one = [0; 32];
            one[0] = 1;
            one
        })
        .is_err()
    );
    let trusted = TrustedKey::parse_list(&format!("# ours\n{line} log\n\n{line}\n")).unwrap();
    assert_eq!(trusted.len(), 2);
    assert!(TrustedKey::parse_list(&format!("{line} king")).is_err());
}

#[test]
fn c2sp_checkpoint() {
    // The example of the specification; its key is not published, so only the form is tested here.
    let note = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\u{2014} example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";
    let parsed = Note::parse(note).unwrap();
    let checkpoint = Checkpoint::parse(parsed.text).unwrap();
    assert_eq!((checkpoint.origin.as_str(), checkpoint.size), ("example.com/behind-the-sofa", 20_852_163));
    assert_eq!(checkpoint.to_text(), parsed.text);
    let mine = key("example.com/behind-the-sofa", 5);
    let signed = checkpoint.sign(&[&mine]).unwrap();
    assert_eq!(Checkpoint::open(&signed, &[mine.public().clone()]).unwrap(), checkpoint);
    assert!(checkpoint.sign(&[&key("example.com/other", 5)]).is_err(), "the key bears the origin's name");
    for bad in [
        "o\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "o\n1\nCsUY\n",
        "\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "o\n+1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n",
    ] {
        assert!(Checkpoint::parse(bad).is_err(), "{bad:?}");
    }
    let frame = Checkpoint::new("evil\n9", 1, Hash([0; 32]));
    assert!(frame.sign(&[&mine]).is_err(), "an origin cannot frame another size");
}

#[test]
fn keys_as_pem() {
    // RFC 8410 section 10.3, its first private key; RFC 8032 section 7.1, test 1.
    let pem = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n";
    let key = SigningKey::from_pem("rfc", pem).unwrap();
    assert_eq!(key.to_pem(), pem);
    assert_eq!(
        key.public().to_pem(),
        "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n"
    );
    let mut seed = [0; 32];
    seed.copy_from_slice(&bytes("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"));
    let key = SigningKey::from_seed("rfc", &seed).unwrap();
    assert_eq!(
        key.sign(b"").to_vec(),
        bytes(
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        )
    );
    for bad in ["", "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n", &pem.replace("MC4C", "MC4D"), &pem[5..]]
    {
        assert!(SigningKey::from_pem("rfc", bad).is_err(), "{bad:?}");
    }
}

#[test]
fn rfc_8785() {
    // Section 3.2.2.3 and appendix B, by IEEE 754 bits.
    for (bits, want) in [
        (0x0000_0000_0000_0000, "0"),
        (0x8000_0000_0000_0000, "0"),
        (0x0000_0000_0000_0001, "5e-324"),
        (0x8000_0000_0000_0001, "-5e-324"),
        (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
        (0x4340_0000_0000_0000, "9007199254740992"),
        (0x4430_0000_0000_0000, "295147905179352830000"),
        (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
        (0x44b5_2d02_c7e1_4af6, "1e+23"),
        (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
        (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
        (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"),
        (0x444b_1ae4_d6e2_ef50, "1e+21"),
        (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
        (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
        (0x41b3_de43_5555_5553, "333333333.3333332"),
        (0x41b3_de43_5555_5557, "333333333.33333343"),
        (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
    ] {
        assert_eq!(canonical::to_text(&json!(f64::from_bits(bits))).unwrap(), want, "{bits:016x}");
    }
    let value: Value = serde_json::from_str(
        r#"{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}"#,
    )
    .unwrap();
    assert_eq!(
        canonical::to_text(&value).unwrap(),
        r#"{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}"#
    );
    // Section 3.2.3: sorted by UTF-16 units, so the emoji (a surrogate pair) stands before U+FB33.
    let value = json!({"\u{20ac}": 1, "\r": 2, "\u{fb33}": 3, "1": 4, "\u{1f600}": 5, "\u{80}": 6, "\u{f6}": 7});
    assert_eq!(
        canonical::to_text(&value).unwrap(),
        "{\"\\r\":2,\"1\":4,\"\u{80}\":6,\"\u{f6}\":7,\"\u{20ac}\":1,\"\u{1f600}\":5,\"\u{fb33}\":3}"
    );
    assert_eq!(canonical::to_bytes(&json!(9_007_199_254_740_993_u64)).unwrap_err().code(), "E1801");
    let deep = (0..100).fold(json!(1), |value, _| json!([value]));
    assert_eq!(canonical::to_bytes(&deep).unwrap_err().code(), "E1802");
    for loose in ["{ }", "{\"b\":1,\"a\":2}", "1.0", "\"\\u0041\"", "[1,2] ", "{\"a\":1,\"a\":1}"] {
        assert!(canonical::parse(loose.as_bytes()).is_err(), "{loose}");
    }
}

#[test]
fn statements_hold_only_for_what_was_signed() {
    let key = key("法务甲", 8);
    let signed = SignedStatement::sign("approval", &json!({"run": "RET-0007", "act": "lapse"}), &key).unwrap();
    assert_eq!(signed.verify("approval").unwrap()["act"], "lapse");
    assert!(signed.verify("withdrawal").is_err());
    let other = SignedStatement { context: "withdrawal".to_owned(), ..signed.clone() };
    assert!(other.verify("withdrawal").is_err());
    let edited = SignedStatement { statement: signed.statement.replace("lapse", "delete"), ..signed.clone() };
    assert!(edited.verify("approval").is_err());
    let stranger = SignedStatement { signer: common::key("法务甲", 9).public().clone(), ..signed.clone() };
    assert!(stranger.verify("approval").is_err());
    // A context cannot reach into the statement: the two are separate lines.
    assert!(SignedStatement::sign("approval\nx", &json!({}), &key).is_err());
}

/// Doubles halfway between two shortest texts: the even one is right (ECMAScript Number::toString, step 5).
#[test]
#[expect(clippy::excessive_precision, reason = "the digits are the point")]
fn ties_go_to_the_even_digit() {
    assert_eq!(canonical::to_text(&json!(714_255_836_167_673.25)).unwrap(), "714255836167673.2");
    for n in 0..20_000_u64 {
        let whole = (1 << 49) + n * 168_884_986_026;
        for fraction in [0.25, 0.75] {
            let value = json!(whole as f64 + fraction);
            assert_eq!(canonical::to_bytes(&value).unwrap(), serde_json_canonicalizer::to_vec(&value).unwrap());
        }
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-9_007_199_254_740_991_i64..9_007_199_254_740_992).prop_map(Value::from),
        any::<f64>().prop_filter_map("finite, and no whole number that the bound refuses", |n| {
            (n.is_finite() && n != 0.0).then(|| json!(n))
        }),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((any::<String>(), inner), 0..6).prop_map(|fields| fields.into_iter().collect()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(10_000) })]

    #[test]
    fn canonical_form_agrees_with_a_second_implementation(value in any_json()) {
        let ours = canonical::to_bytes(&value).unwrap();
        prop_assert_eq!(&ours, &serde_json_canonicalizer::to_vec(&value).unwrap());
        prop_assert_eq!(canonical::to_bytes(&canonical::parse(&ours).unwrap()).unwrap(), ours);
    }
}
