//! The port that is a person: every operation becomes a task whose receipt is an upload.
//!
//! Nothing pretends: looking brings a failure with its reason for every key nobody has told, and an
//! operation is never reported done before a person's receipt says so.
