//! Tests of the connectors against real servers and against servers that misbehave.

mod sftp;
