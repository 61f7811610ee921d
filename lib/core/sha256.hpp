#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace failover {

/// SHA-256 of a stream.
class Sha256 {
 public:
  Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  ~Sha256();
  void add(std::span<const std::byte> bytes);
  /// 64 lower-case hex digits; the object is used up.
  std::string hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace failover
