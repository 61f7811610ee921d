// fo-gss: Kerberos for libfailover, that is one security context of GSS-API with a name server, or a look into the
// ticket cache. A program of its own because a Kerberos server that says nothing holds libkrb5 for 27 seconds, and a
// program can be ended. It speaks with Kerberos servers only; what goes to the name server comes back to the one that
// asked. It serves the frames of core/worker_frame.hpp:
//   secret                                                       the keytab, before begin
//   {"do": "smb ticket", "server_name", "krb5_config", "cache"}  answer: {"cache_file", "owner"}
//   {"do": "begin", "server_name", "principal", "krb5_config", "mechanism"}
//   data, {"do": "step"}         data and an answer: the next token, {"done"}
//   data, {"do": "sign"}         data and an answer: the MAC
//   data, data, {"do": "check"}  answer: {"right"}

#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <failover/error.hpp>

#include "core/secret.hpp"
#include "core/system_error.hpp"
#include "core/worker_frame.hpp"
#include "workers/gss_initiator.hpp"
#include "workers/kerberos_cache.hpp"
#include "workers/worker_side.hpp"

namespace failover {

namespace {

using nlohmann::json;

class Server {
 public:
  /// Until nobody asks any more, or the pipe is gone.
  void serve() {
    while (true) {
      auto request = WorkerSide::next();
      if (!request) return;
      if (request->kind == FrameKind::secret) {
        keytab_ = std::move(request->body);
      } else if (request->kind == FrameKind::data) {
        data_.emplace_back(request->body.reveal());
      } else if (const auto done = answer(*request); !done && !WorkerSide::send(done.error())) {
        return;
      }
    }
  }

 private:
  Result<void> answer(const Request& request) {
    const auto data = std::exchange(data_, {});
    try {
      const auto asked = json::parse(request.body.reveal());
      const auto what = asked.at("do").get<std::string>();
      if (what == "begin") return begin(asked);
      if (what == "smb ticket") return smb_ticket(asked);
      if (!initiator_) return fail(ErrorKind::internal, "asked for a token before it was told for whom");
      if (what == "step" && data.size() == 1) return step(*initiator_, data[0]);
      if (what == "sign" && data.size() == 1) return sign(*initiator_, data[0]);
      if (what == "check" && data.size() == 2) return check(*initiator_, data[0], data[1]);
      return fail(ErrorKind::internal, "fo-gss does not know how to " + what);
    } catch (const json::exception& error) {
      return fail(ErrorKind::internal, std::string("a request that fo-gss does not understand: ") + error.what());
    }
  }

  Result<void> begin(const json& asked) {
    if (!keytab_ || initiator_) return fail(ErrorKind::internal, "asked to begin without a keytab, or twice");
    GssWish wish;
    wish.server_name = asked.at("server_name");
    wish.principal = asked.at("principal");
    wish.krb5_config = asked.at("krb5_config");
    wish.spnego = asked.at("mechanism") == "spnego";
    initiator_.emplace(FO_TRY(GssInitiator::open(wish, *keytab_)));
    keytab_.reset();
    return WorkerSide::send(FrameKind::answer, "{}");
  }

  static Result<void> smb_ticket(const json& asked) {
    FO_TRY(set_variable("KRB5_CONFIG", asked.at("krb5_config")));
    FO_TRY(set_variable("KRB5CCNAME", asked.at("cache")));
    const auto found = FO_TRY(find_smb_ticket(asked.at("server_name")));
    return WorkerSide::send(FrameKind::answer, json{{"cache_file", found.cache_file}, {"owner", found.owner}}.dump());
  }

  static Result<void> set_variable(const char* name, const std::string& value) {
    if (!value.empty() && ::setenv(name, value.c_str(), 1) != 0) return fail_errno(std::string("cannot set ") + name);
    return {};
  }

  static Result<void> step(GssInitiator& initiator, std::string_view token) {
    const auto next = FO_TRY(initiator.step(token));
    FO_TRY(WorkerSide::send(FrameKind::data, next.token));
    return WorkerSide::send(FrameKind::answer, json{{"done", next.done}}.dump());
  }

  static Result<void> sign(GssInitiator& initiator, std::string_view bytes) {
    const auto mac = FO_TRY(initiator.sign(bytes));
    FO_TRY(WorkerSide::send(FrameKind::data, mac));
    return WorkerSide::send(FrameKind::answer, "{}");
  }

  static Result<void> check(GssInitiator& initiator, std::string_view bytes, std::string_view mac) {
    return WorkerSide::send(FrameKind::answer, json{{"right", initiator.check(bytes, mac)}}.dump());
  }

  std::optional<Secret> keytab_;
  std::vector<std::string> data_;
  std::optional<GssInitiator> initiator_;
};

}  // namespace

}  // namespace failover

int main() {
  failover::begin_worker();
  failover::Server().serve();
  std::_Exit(0);
}
