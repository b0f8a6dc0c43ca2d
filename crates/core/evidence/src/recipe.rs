//! `VERIFY.txt`: how to check a dossier with `sha256sum` and `openssl` alone.
//!
//! The commands are run by a test against the real tools.

use crate::Manifest;

/// Writes the recipe of a dossier.
pub(crate) fn write(manifest: &Manifest) -> String {
    let run = &manifest.run;
    let sealer = &manifest.sealer;
    let log = manifest.keys_of(crate::Role::Log).next().map(|key| key.fingerprint().to_string()).unwrap_or_default();
    format!(
        "\
Dossier {run}: how to check it without namekeep
案卷 {run}：不用 namekeep 也能核验

Needed: unzip, sha256sum (coreutils), openssl 3. No network.
所需工具：unzip、sha256sum（coreutils）、openssl 3。无需网络。

# 0. Unpack 解包
unzip -q {run}.dossier -d {run} && cd {run}

# 1. Every file is the listed one 每个文件与清单一致
sha256sum --check --strict --quiet SHA256SUMS

# 2. The list is the sealed one 清单即封存时的清单
openssl pkeyutl -verify -pubin -inkey keys/{sealer}.pem -rawin -in SHA256SUMS -sigfile seal.sig

# 3. The workspace log was signed at this size and root 工作区日志在此规模和根上有签名
sed '/^$/,$d' checkpoint.note > checkpoint.txt
sed '1,/^$/d' checkpoint.note | head -n 1 | cut -d ' ' -f 3 | base64 -d | tail -c 64 > checkpoint.sig
openssl pkeyutl -verify -pubin -inkey keys/{log}.pem -rawin -in checkpoint.txt -sigfile checkpoint.sig

# 4. One entry is the recorded one: here entry 0, on line 1 of both files 核对单个条目：此处为条目 0，即两个文件的第 1 行
(printf '\\0'; sed -n 1p entries.jsonl | tr -d '\\n') | sha256sum
sed -n 1p leaves.txt

# 5. Every raw answer is the one its name states: both columns agree 每个原始文件的摘要与文件名一致
if [ -d raw ]; then sha256sum raw/*; fi

What these steps do not show: that the tree over leaves.txt has the root in head.json, and that head.json is
in the workspace log (proof.json). RFC 6962 section 2 describes both; namekeep evidence verify computes them.
以上步骤未涵盖：leaves.txt 的树根是否等于 head.json 中的根，以及 head.json 是否在工作区日志内（proof.json）。
算法见 RFC 6962 第 2 节；namekeep evidence verify 会计算。

Whose keys these are, no file can prove about itself: compare the fingerprints, which are the file names
under keys/ (SHA-256 of the 32 key bytes), with ones from another source.
密钥归谁所有，文件自身无法证明：请将 keys/ 下的文件名（32 字节公钥的 SHA-256 指纹）与其他来源比对。
"
    )
}
