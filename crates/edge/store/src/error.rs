//! What can go wrong with a store, with a stable code and a cure for each.

use std::path::PathBuf;
use std::sync::Arc;

use namekeep_model::{EffectId, RunId, Text, Words, words};

/// The outcome of a store's method.
pub type Result<T> = std::result::Result<T, Error>;

/// A store that could not do what was asked. Nothing of the request was written.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No store at this place.
    #[error("no workspace at {}", path.display())]
    NotFound {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// A store, or the workspace in it, is there already.
    #[error("a workspace is at {} already", path.display())]
    Exists {
        /// Where.
        path: PathBuf,
    },
    /// Another process holds the store.
    #[error("{} is in use by process {holder}", path.display())]
    InUse {
        /// Which store.
        path: PathBuf,
        /// The process id it left, or `?`.
        holder: String,
    },
    /// The file is something else.
    #[error("{} is not a namekeep store", path.display())]
    NotOurs {
        /// Which file.
        path: PathBuf,
    },
    /// A newer build has written the file.
    #[error("the store has schema {found}; this build knows up to {known}")]
    Newer {
        /// The file's schema.
        found: i64,
        /// The newest schema this build knows.
        known: i64,
    },
    /// Bytes that were written can no longer be read as they were.
    #[error("the store is damaged: {what}")]
    Damaged {
        /// What does not hold.
        what: String,
    },
    /// No space is left.
    #[error("no space left for the store")]
    Full,
    /// The folder or file cannot be written.
    #[error("{} cannot be written", path.display())]
    NotWritable {
        /// Which place.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: Arc<std::io::Error>,
    },
    /// Reading, writing or fsync failed.
    #[error("reading or writing the store failed")]
    Io {
        /// What the system said.
        #[source]
        source: Arc<rusqlite::Error>,
    },
    /// Somebody else's transaction did not end in time.
    #[error("the store stayed locked by somebody else")]
    Busy,
    /// The journal has grown since it was read: nothing was written.
    #[error("{journal} has {found} entries, not {expected}")]
    Conflict {
        /// Which journal: a run's, or the workspace log.
        journal: String,
        /// What the caller had seen.
        expected: u64,
        /// What is there.
        found: u64,
    },
    /// No such run.
    #[error("{0} is not known")]
    UnknownRun(RunId),
    /// No such name.
    #[error("`{0}` is not in the portfolio")]
    UnknownName(String),
    /// An attempt that must not be recorded: it could happen twice, or is settled already.
    #[error("{effect}: {why}")]
    EffectRefused {
        /// Which attempt.
        effect: EffectId,
        /// Which rule it breaks.
        why: &'static str,
    },
    /// Something too large to keep.
    #[error("{what} of {size} bytes; the limit is {limit}")]
    TooLarge {
        /// What it is.
        what: &'static str,
        /// Its size.
        size: usize,
        /// The limit.
        limit: usize,
    },
    /// The writer has ended, after a fault inside it.
    #[error("the store has stopped")]
    Stopped,
    /// A statement was refused: a fault of this program.
    #[error("the store refused a statement")]
    Internal {
        /// What SQLite said.
        #[source]
        source: Arc<rusqlite::Error>,
    },
}

impl Error {
    /// The stable code, with a page in `docs/errors/`.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "E1901",
            Self::Exists { .. } => "E1902",
            Self::InUse { .. } => "E1903",
            Self::NotOurs { .. } => "E1904",
            Self::Newer { .. } => "E1905",
            Self::Damaged { .. } => "E1906",
            Self::Full => "E1907",
            Self::NotWritable { .. } => "E1908",
            Self::Io { .. } => "E1909",
            Self::Busy => "E1910",
            Self::Conflict { .. } => "E1911",
            Self::UnknownRun(_) => "E1912",
            Self::UnknownName(_) => "E1913",
            Self::EffectRefused { .. } => "E1914",
            Self::TooLarge { .. } => "E1915",
            Self::Stopped => "E1916",
            Self::Internal { .. } => "E1917",
        }
    }

    /// The sentence for people.
    pub fn says(&self) -> Words {
        match self {
            Self::NotFound { path } => {
                let path = path.display();
                words!(en: "no workspace at {path}", zh: "{path} 处没有工作区")
            }
            Self::Exists { path } => {
                let path = path.display();
                words!(en: "a workspace is at {path} already", zh: "{path} 处已有工作区")
            }
            Self::InUse { path, holder } => {
                let path = path.display();
                words!(en: "{path} is in use by process {holder}", zh: "{path} 正由进程 {holder} 使用")
            }
            Self::NotOurs { path } => {
                let path = path.display();
                words!(en: "{path} is not a namekeep store; it was left as it is", zh: "{path} 不是 namekeep 的数据文件，未作任何改动")
            }
            Self::Newer { found, known } => words!(
                en: "the store was written by a newer version (schema {found}, this build knows {known}); it was left as it is",
                zh: "数据由更新的版本写入（结构 {found}，本程序支持到 {known}），未作任何改动"
            ),
            Self::Damaged { what } => words!(en: "the store is damaged: {what}", zh: "数据文件已损坏：{what}"),
            Self::Full => words!(en: "no space left; nothing was written", zh: "磁盘空间不足，未写入任何内容"),
            Self::NotWritable { path, source } => {
                let path = path.display();
                words!(en: "{path} cannot be written: {source}", zh: "无法写入 {path}：{source}")
            }
            Self::Io { source } => {
                words!(en: "reading or writing the store failed: {source}", zh: "读写数据失败：{source}")
            }
            Self::Busy => words!(en: "the store stayed locked by another program", zh: "数据文件一直被其他程序锁定"),
            Self::Conflict { journal, expected, found } => words!(
                en: "{journal} has moved on ({found} entries, {expected} were seen); nothing was written",
                zh: "{journal} 已有新记录（现 {found} 条，读取时 {expected} 条），未写入任何内容"
            ),
            Self::UnknownRun(run) => words!(en: "{run} is not known", zh: "没有 {run}"),
            Self::UnknownName(name) => words!(en: "{name} is not in the portfolio", zh: "{name} 不在清单中"),
            Self::EffectRefused { effect, why } => {
                words!(en: "{effect} was not recorded: {why}", zh: "{effect} 未记录：{why}")
            }
            Self::TooLarge { what, size, limit } => words!(
                en: "{what} of {size} bytes is too large; the limit is {limit}",
                zh: "{what} 有 {size} 字节，超过上限 {limit}"
            ),
            Self::Stopped => words!(en: "the store has stopped after a fault", zh: "数据服务因故障停止"),
            Self::Internal { source } => {
                words!(en: "the store refused a statement: {source}", zh: "数据语句被拒绝：{source}")
            }
        }
    }

    /// The cure.
    pub const fn hint(&self) -> Text {
        match self {
            Self::NotFound { .. } => {
                Text::new("make one with `namekeep init names.txt`", "用 `namekeep init names.txt` 新建")
            }
            Self::Exists { .. } => Text::new(
                "use it as it is, or choose another folder with `--workspace`",
                "直接使用，或用 `--workspace` 指定其他目录",
            ),
            Self::InUse { .. } => Text::new(
                "wait for that process or end it; the lock goes with it, no file needs removing",
                "等待或结束该进程；锁随进程释放，无需删除文件",
            ),
            Self::NotOurs { .. } => Text::new("choose another folder with `--workspace`", "用 `--workspace` 指定其他目录"),
            Self::Newer { .. } => Text::new("use the newer version of namekeep", "请使用较新版本的 namekeep"),
            Self::Damaged { .. } => Text::new(
                "try again; where it stays, keep a copy of the folder and restore the last backup",
                "请重试；若仍如此，先复制整个目录留存，再恢复最近的备份",
            ),
            Self::Full => Text::new("free some space and try again", "释放空间后重试"),
            Self::NotWritable { .. } => {
                Text::new("check the path, its owner and its permissions", "检查路径、属主与权限")
            }
            Self::Io { .. } => Text::new(
                "check the disk (the system log names the fault), then try again",
                "检查磁盘（系统日志有记录），然后重试",
            ),
            Self::Busy => {
                Text::new("end the program that has the file open, then try again", "结束占用该文件的程序后重试")
            }
            Self::Conflict { .. } => Text::new("read it again and decide anew", "重新读取后再决定"),
            Self::UnknownRun(_) => {
                Text::new("`namekeep show NAME` lists the runs of a name", "`namekeep show 域名` 列出该域名的流程")
            }
            Self::UnknownName(_) => Text::new("`namekeep list` shows the names", "`namekeep list` 列出各域名"),
            Self::EffectRefused { .. } => Text::new(
                "look at the outside first; the open attempt is settled by what is found there",
                "先核对外部状态，再据此了结未决的操作",
            ),
            Self::TooLarge { .. } => Text::new("keep it elsewhere and record its digest", "另行保存，并登记其摘要"),
            Self::Stopped => Text::new("start again; what was acknowledged is kept", "重新启动；已确认的内容都在"),
            Self::Internal { .. } => Text::new("report this with the command that led to it", "请连同所用命令一起报告"),
        }
    }
}
