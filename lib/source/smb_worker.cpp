#include "source/smb_worker.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/source.hpp>

#include "core/secret.hpp"
#include "core/worker.hpp"
#include "core/worker_frame.hpp"
#include "net/tcp_connect.hpp"
#include "source/smb_ticket.hpp"

namespace failover {

namespace {

using nlohmann::json;

constexpr std::size_t most_entries = 100'000;
/// libsmbclient gives up by itself somewhat later than we do, so that it is we who say so.
constexpr std::chrono::seconds worker_patience{2};

constexpr std::array kinds{ErrorKind::not_found, ErrorKind::permission,  ErrorKind::conflict,
                           ErrorKind::timeout,   ErrorKind::unreachable, ErrorKind::protocol};

std::string dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

Error error_of(std::string_view text) {
  try {
    const auto told = json::parse(text);
    const auto name = told.at("kind").get<std::string>();
    const auto* const kind = std::ranges::find(kinds, name, [](ErrorKind each) { return to_string(each); });
    return {kind == kinds.end() ? ErrorKind::internal : *kind, told.at("message")};
  } catch (const json::exception& error) {
    return {ErrorKind::internal, std::string("fo-smb answers with an error that is none: ") + error.what()};
  }
}

/// Calls `use` with the JSON of a frame.
template <typename Use>
Result<void> with_json(const Worker::Frame& frame, Use use) {
  try {
    return use(json::parse(frame.text()));
  } catch (const json::exception& error) {
    return fail(ErrorKind::internal, std::string("fo-smb answers with something else: ") + error.what());
  }
}

SmbWorker::Entry entry_of(const json& told, const std::string& folder) {
  SmbWorker::Entry entry;
  entry.object.name = told.at("name");
  entry.object.path = folder + entry.object.name;
  entry.object.size = told.at("size");
  entry.object.modified = WallTime(std::chrono::nanoseconds(told.at("modified_ns").get<std::int64_t>()));
  entry.regular = told.at("regular");
  return entry;
}

std::int64_t ns_of(WallTime time) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
}

}  // namespace

SmbWorker::SmbWorker(std::unique_ptr<Worker> worker, Duration silence) noexcept
    : worker_(std::move(worker)), silence_(silence) {}

Result<std::unique_ptr<SmbWorker>> SmbWorker::open(const SmbPeer& peer, const Context& context) {
  const auto log_in = peer.kerberos ? FO_TRY(smb_ticket(peer.host, context)) : SmbLogIn{};
  // libsmbclient waits long for a name, and says "invalid argument" when there is none.
  const auto addresses = FO_TRY(find_server(peer.host, peer.port, context.within(peer.stall_timeout)));
  std::unique_ptr<SmbWorker> link(new SmbWorker(FO_TRY(Worker::start("fo-smb")), peer.stall_timeout));
  if (peer.password_file) {
    const auto password = FO_TRY(read_password_file(*peer.password_file));
    FO_TRY(link->worker_->send(password, context));
  }
  const auto patience = std::chrono::ceil<std::chrono::seconds>(peer.stall_timeout) + worker_patience;
  const json request{{"do", "connect"},
                     {"host", peer.kerberos ? peer.host : addresses.front().host()},
                     {"port", peer.port},
                     {"share", peer.share},
                     {"domain", peer.domain},
                     {"user", peer.kerberos ? log_in.owner : peer.user},
                     {"guest", !peer.password_file && !peer.kerberos},
                     {"encrypt", peer.encrypt},
                     {"silence_s", patience.count()},
                     {"ticket_cache", log_in.cache_file},
                     {"krb5_config", log_in.krb5_config}};
  FO_TRY(link->ask(dump(request), context));
  FO_TRY(link->receive(context));
  return link;
}

Result<void> SmbWorker::ask(const std::string& request, const Context& context) {
  in_order_ = false;
  return worker_->send(FrameKind::request, request, context);
}

Result<Worker::Frame> SmbWorker::receive(const Context& context) {
  const auto frame = FO_TRY(worker_->receive(silence_, context));
  in_order_ = frame.kind == FrameKind::answer || frame.kind == FrameKind::error;
  if (frame.kind == FrameKind::error) return std::unexpected(error_of(frame.text()));
  return frame;
}

Result<std::vector<SmbWorker::Entry>> SmbWorker::list(const std::string& folder, const Context& context) {
  FO_TRY(ask(dump({{"do", "list"}, {"folder", folder}}), context));
  std::vector<Entry> entries;
  while (true) {
    const auto frame = FO_TRY(receive(context));
    FO_TRY(with_json(frame, [&](const json& part) -> Result<void> {
      for (const auto& each : part) entries.push_back(entry_of(each, folder));
      return {};
    }));
    if (entries.size() > most_entries) {
      return fail(ErrorKind::protocol,
                  fmt::format("{} holds more than {} names; use a folder of its own", folder, most_entries));
    }
    if (frame.kind == FrameKind::answer) return entries;
  }
}

Result<SmbWorker::Entry> SmbWorker::stat(const std::string& path, const Context& context) {
  FO_TRY(ask(dump({{"do", "stat"}, {"path", path}}), context));
  Entry entry;
  const auto frame = FO_TRY(receive(context));
  FO_TRY(with_json(frame, [&](const json& told) -> Result<void> {
    entry = entry_of(told, path.substr(0, path.rfind('/') + 1));
    return {};
  }));
  return entry;
}

Result<std::uint64_t> SmbWorker::read(const ObjectInfo& object, std::span<const ByteRange> ranges, const Sink& sink,
                                      const Context& context) {
  json pairs = json::array();
  for (const auto& range : ranges) pairs.push_back({range.offset, range.length});
  const json request{{"do", "read"},
                     {"path", object.path},
                     {"size", object.size},
                     {"modified_ns", ns_of(object.modified)},
                     {"ranges", std::move(pairs)}};
  FO_TRY(ask(dump(request), context));
  std::uint64_t count = 0;
  while (true) {
    const auto frame = FO_TRY(receive(context));
    if (frame.kind == FrameKind::answer) return count;
    FO_TRY(sink(frame.body));
    count += frame.body.size();
  }
}

}  // namespace failover
