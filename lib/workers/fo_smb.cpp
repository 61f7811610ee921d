// fo-smb: the SMB client of libfailover, a program of its own because libsmbclient is not thread-safe, cannot be
// stopped in a call, and is under the GPL 3 or later. It serves the frames of core/worker_frame.hpp on its stdin:
//   secret                                                      the password, before connect
//   {"do": "connect", "host", "port", "share", "domain", "user", "guest", "encrypt", "silence_s",
//    "ticket_cache", "krb5_config"}                           Kerberos if the cache is not empty
//   {"do": "list", "folder"}                                    parts and an answer: arrays of entries
//   {"do": "stat", "path"}                                      answer: the entry
//   {"do": "read", "path", "size", "modified_ns", "ranges"}     data frames and an answer

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <failover/error.hpp>
#include <failover/source.hpp>

#include "core/secret.hpp"
#include "core/worker_frame.hpp"
#include "workers/smb_share.hpp"
#include "workers/worker_side.hpp"

namespace failover {

namespace {

using nlohmann::json;

constexpr std::size_t entries_at_once = 500;

/// A name that is no UTF-8 must not end us.
std::string dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

json to_json(const SmbEntry& entry) {
  return {{"name", entry.name}, {"regular", entry.regular}, {"size", entry.size}, {"modified_ns", entry.modified_ns}};
}

class Server {
 public:
  /// Until nobody asks any more, or the pipe is gone.
  void serve() {
    while (true) {
      auto request = WorkerSide::next();
      if (!request) return;
      if (request->kind == FrameKind::secret) {
        password_ = std::move(request->body);
        continue;
      }
      const auto done = answer(*request);
      if (!done && !WorkerSide::send(done.error())) return;
    }
  }

 private:
  Result<void> answer(const Request& request) {
    try {
      const auto asked = json::parse(request.body.reveal());
      const auto what = asked.at("do").get<std::string>();
      if (what == "connect") return connect(asked);
      if (!share_) return fail(ErrorKind::internal, "asked for a file before it was told of a server");
      if (what == "list") return list(*share_, asked);
      if (what == "stat") return stat(*share_, asked);
      if (what == "read") return read(*share_, asked);
      return fail(ErrorKind::internal, "fo-smb does not know how to " + what);
    } catch (const json::exception& error) {
      return fail(ErrorKind::internal, std::string("a request that fo-smb does not understand: ") + error.what());
    }
  }

  Result<void> connect(const json& asked) {
    SmbPlace place;
    place.host = asked.at("host");
    place.port = asked.at("port");
    place.share = asked.at("share");
    place.domain = asked.at("domain");
    place.user = asked.at("user");
    place.guest = asked.at("guest");
    place.encrypt = asked.at("encrypt");
    place.ticket_cache = asked.at("ticket_cache");
    place.krb5_config = asked.at("krb5_config");
    place.silence = std::chrono::seconds(asked.at("silence_s").get<std::int64_t>());
    share_ = FO_TRY(SmbShare::open(std::move(place), std::move(password_)));
    password_.reset();
    return WorkerSide::send(FrameKind::answer, "{}");
  }

  static Result<void> list(SmbShare& share, const json& asked) {
    json entries = json::array();
    const auto take = [&](const SmbEntry& entry) -> Result<void> {
      if (entries.size() == entries_at_once) {
        FO_TRY(WorkerSide::send(FrameKind::part, dump(entries)));
        entries.clear();
      }
      entries.push_back(to_json(entry));
      return {};
    };
    FO_TRY(share.list(asked.at("folder"), take));
    return WorkerSide::send(FrameKind::answer, dump(entries));
  }

  static Result<void> stat(SmbShare& share, const json& asked) {
    return WorkerSide::send(FrameKind::answer, dump(to_json(FO_TRY(share.stat(asked.at("path"))))));
  }

  static Result<void> read(SmbShare& share, const json& asked) {
    const SmbEntry expected{{}, true, asked.at("size"), asked.at("modified_ns")};
    std::vector<ByteRange> ranges;
    for (const auto& pair : asked.at("ranges")) ranges.push_back({pair.at(0), pair.at(1)});
    const auto pass_on = [](std::span<const std::byte> bytes) { return WorkerSide::send(FrameKind::data, bytes); };
    FO_TRY(share.read(asked.at("path"), expected, ranges, pass_on));
    return WorkerSide::send(FrameKind::answer, "{}");
  }

  std::optional<Secret> password_;
  std::optional<SmbShare> share_;
};

}  // namespace

}  // namespace failover

int main() {
  failover::begin_worker();
  failover::Server().serve();
  // No destructors: libsmbclient's would say good-bye to the server and wait for it.
  std::_Exit(0);
}
