#pragma once

#include <memory>
#include <string_view>

#include <failover/arbiter.hpp>
#include <failover/error.hpp>
#include <failover/registry.hpp>

namespace failover {

/// A record of the service in etcd, `/PREFIX/SERVICE/record`, changed by transactions with a compare only, and the lock
/// of the one that promotes beside it, `/PREFIX/SERVICE/lock`, under a lease that is kept alive while this lives.
/// @param url `etcd://HOST:2379[,HOST:2379..]/PREFIX`, with the parameters of fo-promote(1)
Result<std::unique_ptr<Arbiter>> make_etcd_arbiter(std::string_view url, const ArbiterOptions& options);

}  // namespace failover
