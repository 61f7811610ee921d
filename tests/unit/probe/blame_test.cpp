#include "probe/blame.hpp"

#include <cerrno>

#include <failover/error.hpp>
#include <failover/observer.hpp>

#include "net/address.hpp"
#include "probe/check.hpp"
#include "support/catch.hpp"

using failover::AddressFinding;
using failover::combine;
using failover::finding_of;
using failover::found;
using failover::Health;
using failover::is_peers_fault;
using failover::Moment;

TEST_CASE("unknown-is-not-down: only what the peer or its host did is the peer's fault") {
  for (const int error : {ECONNREFUSED, ECONNRESET, ETIMEDOUT, EPIPE, ECONNABORTED}) {
    CHECK(is_peers_fault(error, Moment::asking));
    CHECK(is_peers_fault(error, Moment::answered));
  }
  // "No route to host" after we asked is a host that is off; from the call itself it is our routing table.
  CHECK(is_peers_fault(EHOSTUNREACH, Moment::answered));
  CHECK_FALSE(is_peers_fault(EHOSTUNREACH, Moment::asking));
  for (const int error : {ENETUNREACH, ENETDOWN, EACCES, EPERM, EADDRNOTAVAIL, EADDRINUSE, EAFNOSUPPORT, ENOBUFS,
                          ENOMEM, EMFILE, ENFILE, EINVAL, EMSGSIZE, EBADF, ENODEV, 9999}) {
    INFO(error);
    CHECK_FALSE(is_peers_fault(error, Moment::asking));
    CHECK_FALSE(is_peers_fault(error, Moment::answered));
    CHECK_FALSE(finding_of(error, Moment::answered, "x").health);
  }
}

TEST_CASE(
    "of several addresses: one up is up; one that could not be asked is unknown; a family without a route is left "
    "out") {
  const auto up = found(Health::up, "200 OK");
  const auto down = found(Health::down, "refused");
  const auto no_route = finding_of(ENETUNREACH, Moment::asking, "connect");
  const auto broken = finding_of(EMFILE, Moment::asking, "connect");
  CHECK(combine({{AF_INET, down}, {AF_INET6, up}}).health == Health::up);
  CHECK(combine({{AF_INET, down}, {AF_INET6, down}}).health == Health::down);
  CHECK(combine({{AF_INET6, no_route}, {AF_INET, down}}).health == Health::down);
  CHECK_FALSE(combine({{AF_INET, no_route}, {AF_INET, down}}).health);
  CHECK_FALSE(combine({{AF_INET6, broken}, {AF_INET, down}}).health);
  CHECK_FALSE(combine({{AF_INET6, no_route}, {AF_INET, no_route}}).health);
  CHECK_FALSE(combine({}).health);
}
