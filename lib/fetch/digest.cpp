#include "fetch/digest.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/source.hpp>

#include "core/ascii.hpp"
#include "core/crc.hpp"
#include "core/fd.hpp"
#include "core/file_io.hpp"
#include "core/sha256.hpp"
#include "core/stream_digest.hpp"
#include "fetch/retry.hpp"

namespace failover {

namespace {

constexpr std::size_t digest_length = 64;
constexpr std::size_t digest_file_limit = std::size_t{64} * 1024;
constexpr std::size_t read_size = std::size_t{1024} * 1024;

struct DigestLine {
  std::string sha256;
  std::string_view name;  ///< empty: a bare digest
};

/// "HEX", "HEX  NAME" (text) or "HEX *NAME" (binary).
std::optional<DigestLine> parse_line(std::string_view line) {
  while (!line.empty() && std::string_view(" \t\r").contains(line.back())) line.remove_suffix(1);
  auto digest = parse_sha256(line.substr(0, digest_length));
  if (!digest) return std::nullopt;
  auto name = line.substr(std::min(digest_length, line.size()));
  if (name.empty()) return DigestLine{std::move(*digest), {}};
  if (name.size() < 3 || name[0] != ' ' || (name[1] != ' ' && name[1] != '*')) return std::nullopt;
  name.remove_prefix(2);
  if (const auto slash = name.rfind('/'); slash != std::string_view::npos) name.remove_prefix(slash + 1);
  return DigestLine{std::move(*digest), name};
}

Result<std::string> read_object(Source& source, const ObjectInfo& object, const Context& context) {
  std::string text(static_cast<std::size_t>(object.size), '\0');
  std::size_t done = 0;
  while (done < text.size()) {
    const auto rest = std::as_writable_bytes(std::span(text)).subspan(done);
    const auto count = FO_TRY(source.read(object, done, rest, context));
    if (count == 0) break;
    done += count;
  }
  text.resize(done);
  return text;
}

}  // namespace

Result<std::string> parse_sha256(std::string_view text) {
  if (text.size() != digest_length || text.find_first_not_of("0123456789abcdefABCDEF") != std::string_view::npos) {
    return fail(ErrorKind::usage, fmt::format("'{}' is not a SHA-256 digest: it needs 64 hex digits", text));
  }
  return ascii_lower(text);
}

Result<std::string> digest_in(std::string_view text, std::string_view name) {
  std::vector<DigestLine> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    if (auto line = parse_line(text.substr(0, end))) lines.push_back(std::move(*line));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  for (const auto& line : lines) {
    if (line.name == name) return line.sha256;
  }
  if (lines.size() == 1 && lines.front().name.empty()) return lines.front().sha256;
  return fail(ErrorKind::config, fmt::format("it has no line of sha256sum for {}", name));
}

Result<std::optional<ExpectedDigest>> digest_beside(Source& source, const ObjectInfo& object, unsigned retries,
                                                    const Context& context) {
  const auto name = object.name + ".sha256";
  const auto beside = retrying(retries, context, [&] { return source.stat(object.path + ".sha256", context); });
  if (!beside && beside.error().kind == ErrorKind::not_found) return std::nullopt;
  if (!beside) return std::unexpected(beside.error().while_doing("looking for " + name));
  if (beside->size > digest_file_limit) return fail(ErrorKind::integrity, name + " is too large for a digest");
  const auto text = retrying(retries, context, [&] { return read_object(source, *beside, context); });
  if (!text) return std::unexpected(text.error().while_doing("reading " + name));
  auto digest = digest_in(*text, object.name);
  // A file that promises a digest and has none must not pass for "no digest wanted".
  if (!digest) return fail(ErrorKind::integrity, name + ": " + digest.error().message);
  return ExpectedDigest{std::move(*digest), name};
}

BlockDigests::BlockDigests(std::span<const StoreDigest> stores) {
  for (const auto& store : stores) {
    if (auto digest = StreamDigest::of(store.algorithm)) others_.emplace(store.algorithm, std::move(*digest));
  }
}

void BlockDigests::add(std::span<const std::byte> block) {
  sha256_.add(block);
  crc64_ = crc64(block, crc64_);
  for (auto& [algorithm, digest] : others_) digest.add(block);
}

FileDigests BlockDigests::finish() {
  FileDigests digests{sha256_.hex(), fmt::format("{:016x}", crc64_), {}};
  for (auto& [algorithm, digest] : others_) digests.others.emplace(algorithm, digest.hex());
  return digests;
}

Result<FileDigests> digests_of_file(const std::filesystem::path& path, std::span<const StoreDigest> stores,
                                    std::string_view task, const Context& context) {
  const Fd fd = FO_TRY(open_file(path, O_RDONLY));
  std::error_code no_size;
  const auto size = std::filesystem::file_size(path, no_size);
  BlockDigests digests(stores);
  std::vector<std::byte> buffer(read_size);
  for (std::uint64_t done = 0;;) {
    FO_TRY(context.check());
    context.progress(task, done, no_size ? 0 : size);
    const auto count = FO_TRY(while_doing("reading " + path.string(), read_at(fd.get(), done, buffer)));
    if (count == 0) break;
    digests.add(std::span(buffer).first(count));
    done += count;
  }
  return digests.finish();
}

Result<std::string> sha256_of_file(const std::filesystem::path& path, std::string_view task, const Context& context) {
  return FO_TRY(digests_of_file(path, {}, task, context)).sha256;
}

}  // namespace failover
