#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include <failover/error.hpp>

#include "inspect/inspector.hpp"

namespace failover::test {

/// Feeds an entry in pieces of a few bytes, as a worker's pipe might.
inline Result<void> give(Inspector& inspector, std::string_view path, std::string_view text, std::size_t piece = 7,
                         WallTime modified = {}) {
  if (!inspector.begin_entry(path, modified)) return {};
  while (!text.empty()) {
    const auto part = text.substr(0, piece);
    FO_TRY(inspector.feed(std::as_bytes(std::span(part.data(), part.size()))));
    text.remove_prefix(part.size());
  }
  return inspector.end_entry();
}

inline const std::string phone_system = R"(<?xml version="1.0" encoding="utf-8"?>
<PhoneSystem>
  <header><version> 20.0.5.551 </version><other>1</other></header>
  <Tenants><Tenant>
    <DN>
      <Extension><Number>100</Number><version>no</version></Extension>
      <Extension><Number>101</Number></Extension>
      <Queue><Number>800</Number><Extension/></Queue>
      <ExternalLine><Number>10000</Number></ExternalLine>
    </DN>
    <DN><Extension/></DN>
  </Tenant></Tenants>
  <Gateways>
    <Gateway><Name>Carrier &amp; Sons</Name><Host>sip.carrier.example</Host><Port>5060</Port></Gateway>
    <Gateway><Name>Fax</Name><Host>192.0.2.7</Host><Port>many</Port></Gateway>
  </Gateways>
</PhoneSystem>)";

}  // namespace failover::test
