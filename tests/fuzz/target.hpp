#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

/// What libFuzzer calls for every input, and so does replay.cpp.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace failover::test {

inline std::string_view as_text(const std::uint8_t* data, std::size_t size) noexcept {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace failover::test
