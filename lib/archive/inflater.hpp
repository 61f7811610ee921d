#pragma once

#include <cstddef>
#include <memory>
#include <span>

struct inflate_state;

namespace failover {

/// ISA-L's raw inflate (RFC 1951). One object serves many streams, one after the other.
class Inflater {
 public:
  Inflater();
  Inflater(Inflater&&) noexcept;
  Inflater& operator=(Inflater&&) noexcept;
  ~Inflater();

  void reset() noexcept;
  /// Gives it more packed bytes, which must stay alive until all are used.
  void feed(std::span<const std::byte> packed) noexcept;
  /// Unpacks as much as fits; the part of `room` that was filled. @return false for bytes that are no deflate stream.
  bool unpack(std::span<std::byte> room, std::size_t& filled) noexcept;
  [[nodiscard]] bool finished() const noexcept;
  /// Packed bytes that were fed and not used.
  [[nodiscard]] std::size_t unused() const noexcept;

 private:
  struct Free {
    void operator()(inflate_state* state) const noexcept;
  };
  std::unique_ptr<inflate_state, Free> state_;
};

}  // namespace failover
