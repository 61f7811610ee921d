#pragma once

namespace failover {

/// From now on no SMB message leaves this process unencrypted, but for those that negotiate, log in and name
/// the share. libsmbclient
/// 4.17 takes SMBC_ENCRYPTLEVEL_REQUIRE and goes on in the clear all the same when the server cannot encrypt; so the
/// writev(2) through which it sends is ours.
void forbid_plaintext() noexcept;

/// Whether one was held back.
bool plaintext_was_held_back() noexcept;

}  // namespace failover
