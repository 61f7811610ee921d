#include <array>
#include <memory>
#include <string_view>

#include <fmt/format.h>

#include <failover/error.hpp>
#include <failover/registry.hpp>
#include <failover/watch.hpp>

#include "witness/etcd_witnesses.hpp"

namespace failover {

namespace {

struct Maker {
  std::string_view scheme;
  Result<std::unique_ptr<Witnesses>> (*make)(std::string_view url, const WitnessOptions& options);
};

constexpr std::array makers{
    Maker{"etcd", make_etcd_witnesses},
    Maker{"etcd+https", make_etcd_witnesses},
};

}  // namespace

Result<std::unique_ptr<Witnesses>> make_witnesses(std::string_view url, const WitnessOptions& options) {
  const auto scheme = url.substr(0, url.find("://"));
  for (const auto& maker : makers) {
    if (maker.scheme == scheme) return maker.make(url, options);
  }
  return fail(ErrorKind::usage,
              fmt::format("'{}' is no store of observations that is known here; known are etcd:// and etcd+https://",
                          url.substr(0, 200)));
}

}  // namespace failover
