#pragma once

#include <memory>
#include <string_view>

#include <failover/error.hpp>
#include <failover/fencer.hpp>

namespace failover {

/// A fencer of kind service, over SSH:
/// `ssh://USER@HOST[:PORT]?identity-file=FILE[&password-file=FILE][&known-hosts=FILE][&timeout=150s]`.
///
/// The key has a forced command there, `fo-promote serve-fence`, which takes the requests of parse_fence_request() and
/// nothing else. The host key must be known, and no password is ever sent: a password-file holds the key's passphrase.
/// Every answer names the node; the host is asked for its status first, so that one that is another node than the
/// wanted one is not touched (kind refused). A fence counts when its answer and the status behind it both say off,
/// fenced and that very epoch.
Result<std::unique_ptr<Fencer>> make_ssh_fencer(std::string_view spec);

}  // namespace failover
