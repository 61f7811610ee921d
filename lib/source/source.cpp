#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/source.hpp>

namespace failover {

namespace {

constexpr std::size_t at_once = std::size_t{1024} * 1024;

}  // namespace

Result<void> Source::read_ranges(const ObjectInfo& object, std::span<const ByteRange> ranges, const Sink& sink,
                                 const Context& context) {
  std::vector<std::byte> buffer(at_once);
  for (const auto& range : ranges) {
    for (std::uint64_t done = 0; done < range.length;) {
      FO_TRY(context.check());
      const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), range.length - done));
      const auto got = FO_TRY(read(object, range.offset + done, std::span(buffer).first(want), context));
      if (got == 0) return fail(ErrorKind::conflict, object.name + " ends before it should; it was changed meanwhile");
      FO_TRY(sink(range.offset + done, std::span<const std::byte>(buffer).first(got)));
      done += got;
    }
  }
  return {};
}

Result<std::unique_ptr<Source>> Source::another() const {
  return fail(ErrorKind::refused, describe() + " allows only one connection at a time");
}

}  // namespace failover
