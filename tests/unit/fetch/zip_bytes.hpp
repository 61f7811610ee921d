#pragma once

#include <cstdint>
#include <string>

/// The smallest zip archive with one stored, empty file, for tests of what its end tells.
struct TinyZip {
  std::uint16_t dos_time = 0;
  std::uint16_t dos_date = 0x5B77;  ///< 2025-11-23
  std::string extra{};              ///< of the central directory's entry
  std::string comment{};            ///< of the archive

  [[nodiscard]] std::string bytes() const {
    const std::string name = "a";
    const std::string local = "PK\x03\x04" + n2(20) + n2(0) + n2(0) + n2(dos_time) + n2(dos_date) + n4(0) + n4(0) +
                              n4(0) + n2(1) + n2(0) + name;
    const std::string entry = "PK\x01\x02" + n2(20) + n2(20) + n2(0) + n2(0) + n2(dos_time) + n2(dos_date) + n4(0) +
                              n4(0) + n4(0) + n2(1) + n2(extra.size()) + n2(0) + n2(0) + n2(0) + n4(0) + n4(0) + name +
                              extra;
    return local + entry + "PK\x05\x06" + n2(0) + n2(0) + n2(1) + n2(1) + n4(entry.size()) + n4(local.size()) +
           n2(comment.size()) + comment;
  }

  static std::string number(std::uint64_t value, int size) {
    std::string text;
    for (int i = 0; i < size; ++i) text.push_back(static_cast<char>((value >> (8 * i)) & 0xff));
    return text;
  }
  static std::string n2(std::uint64_t value) { return number(value, 2); }
  static std::string n4(std::uint64_t value) { return number(value, 4); }
};
