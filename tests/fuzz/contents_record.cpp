#include "archive/contents_record.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fuzz/must.hpp"
#include "fuzz/target.hpp"

using failover::test::must;

/// What fo-unpack says is in a backup: the process on the other side may have been taken over.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = failover::parse_contents({reinterpret_cast<const char*>(data), size});
  if (!read) return 0;
  const auto written = failover::contents_record(*read);
  const auto again = failover::parse_contents(written);
  must(again.has_value(), "what was read can be written and read again");
  must(failover::contents_record(*again) == written, "and says the same");
  return 0;
}
