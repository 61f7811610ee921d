#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <failover/error.hpp>

namespace failover {

/// Where an etcd is and what of it is ours: `etcd[+https]://[USER@]HOST[:2379][,HOST[:2379]..]/PREFIX`, with the
/// parameters ca-file, cert-file and key-file (a client certificate), password-file (for USER).
struct EtcdLocation {
  struct Endpoint {
    std::string host;
    std::uint16_t port = 0;
  };
  bool tls = false;
  std::vector<Endpoint> endpoints;                   ///< of one cluster, in the order they are tried
  std::string prefix;                                ///< without slashes at its ends; our keys are "/PREFIX/.."
  std::optional<std::filesystem::path> ca_file;      ///< PEM, instead of the system's authorities
  std::optional<std::filesystem::path> certificate;  ///< PEM: who we are; with it `key`
  std::optional<std::filesystem::path> key;          ///< PEM, a credential file
  std::string user;
  std::optional<std::filesystem::path> password_file;

  /// "/PREFIX/NAME".
  [[nodiscard]] std::string key_of(std::string_view name) const;
  /// For messages: "etcd failover/pbx at 192.0.2.21:2379, 192.0.2.22:2379".
  [[nodiscard]] std::string describe() const;
};

/// An error of kind usage says what is wrong.
Result<EtcdLocation> parse_etcd_location(std::string_view text);

}  // namespace failover
