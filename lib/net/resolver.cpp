#include "net/resolver.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <ares.h>
#include <fmt/format.h>
#include <sys/epoll.h>  // IWYU pragma: keep (EPOLLIN)
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/clock.hpp"
#include "net/address.hpp"
#include "net/loop.hpp"
#include "net/service_records.hpp"

namespace failover {

namespace {

// A dead first name server must leave time for the second one within the usual 5 s of a check.
constexpr int try_timeout_ms = 1200;
constexpr int tries = 3;
constexpr int class_internet = 1;
// More than any real name needs; a peer's DNS must not make us work without end.
constexpr std::size_t max_addresses = 64;

struct AddrInfo {
  explicit AddrInfo(ares_addrinfo* raw) noexcept : info(raw) {}
  AddrInfo(const AddrInfo&) = delete;
  AddrInfo& operator=(const AddrInfo&) = delete;
  ~AddrInfo() {
    if (info != nullptr) ares_freeaddrinfo(info);
  }
  ares_addrinfo* info;
};

Error lookup_error(int status, const std::string& host) {
  switch (status) {
    case ARES_ENOTFOUND:
    case ARES_ENODATA:
    case ARES_EBADNAME:
      return {ErrorKind::not_found,
              fmt::format("the name '{}' has no address ({}); check its spelling", host, ares_strerror(status))};
    case ARES_ETIMEOUT:
      return {ErrorKind::timeout, fmt::format("no name server answered for '{}' in time", host)};
    case ARES_ENOMEM:
    case ARES_EFILE:
      return {ErrorKind::io, fmt::format("looking up '{}': {}", host, ares_strerror(status))};
    default:
      return {ErrorKind::unreachable,
              fmt::format("looking up '{}' failed: {}; check /etc/resolv.conf", host, ares_strerror(status))};
  }
}

Result<std::vector<Address>> addresses_of(const ares_addrinfo* info, const std::string& host, std::uint16_t port) {
  std::vector<Address> addresses;
  for (const auto* node = info != nullptr ? info->nodes : nullptr; node != nullptr; node = node->ai_next) {
    auto address = Address::from(node->ai_addr, static_cast<std::size_t>(node->ai_addrlen));
    if (!address || addresses.size() >= max_addresses) continue;
    address->set_port(port);
    bool known = false;
    for (const auto& other : addresses) known = known || other.same_host(*address);
    if (!known) addresses.push_back(*address);
  }
  if (addresses.empty()) return std::unexpected(lookup_error(ARES_ENODATA, host));
  return addresses;
}

/// What tells one version of resolv.conf from the next.
struct FileStamp {
  ino_t inode = 0;
  std::int64_t seconds = 0;
  std::int64_t nanoseconds = 0;
  bool operator==(const FileStamp&) const = default;
};

FileStamp resolv_conf_stamp() noexcept {
  struct stat info{};
  if (stat("/etc/resolv.conf", &info) != 0) return {};
  return {info.st_ino, info.st_mtim.tv_sec, info.st_mtim.tv_nsec};
}

}  // namespace

struct Resolver::Lookup::State {
  State(Loop& the_loop, std::string the_host, std::uint16_t the_port, Done the_done)
      : loop(the_loop), host(std::move(the_host)), port(the_port), done(std::move(the_done)) {}

  State(Loop& the_loop, std::string the_name, ServiceType the_type, RecordsDone the_done)
      : loop(the_loop), host(std::move(the_name)), type(the_type), records_done(std::move(the_done)) {}

  /// Hands the result over in the next pass; whatever comes later finds nobody.
  void deliver(Result<std::vector<Address>> result) {
    if (!done) return;
    deadline.reset();
    delivery = loop.soon([call = std::exchange(done, nullptr), outcome = std::move(result)] { call(outcome); });
  }
  void deliver_records(Result<ServiceRecords> result) {
    if (!records_done) return;
    deadline.reset();
    delivery = loop.soon([call = std::exchange(records_done, nullptr), outcome = std::move(result)] { call(outcome); });
  }
  void give_up(const Error& error) {
    if (done) return deliver(std::unexpected(error));
    deliver_records(std::unexpected(error));
  }
  void drop() noexcept {
    done = nullptr;
    records_done = nullptr;
    deadline.reset();
    delivery.reset();
  }

  Loop& loop;
  std::string host;
  std::uint16_t port = 0;
  ServiceType type = ServiceType::srv;
  Done done;                 // of a look-up of addresses,
  RecordsDone records_done;  // or of records
  Loop::Timer deadline;
  Loop::Timer delivery;
};

/// One c-ares channel with its sockets and its timer in our loop.
class Resolver::Channel {
 public:
  Channel(Loop& loop, const std::string& servers) noexcept : loop_(loop), servers_(servers) {}
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;
  ~Channel() {
    if (channel_ != nullptr) ares_destroy(channel_);
  }

  Result<void> open() {
    ares_options options{};
    options.timeout = try_timeout_ms;
    options.tries = tries;
    std::string lookups = "fb";
    options.lookups = lookups.data();
    options.sock_state_cb = &Channel::on_socket;
    options.sock_state_cb_data = this;
    const int status = ares_init_options(
        &channel_, &options, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS | ARES_OPT_SOCK_STATE_CB);
    if (status != ARES_SUCCESS) {
      channel_ = nullptr;
      return fail(ErrorKind::io, fmt::format("starting the name resolver: {}", ares_strerror(status)));
    }
    if (!servers_.empty() && ares_set_servers_ports_csv(channel_, servers_.c_str()) != ARES_SUCCESS) {
      return fail(ErrorKind::usage, fmt::format("'{}' is no list of name servers", servers_));
    }
    return {};
  }

  void ask(const std::shared_ptr<Lookup::State>& state) {
    ares_addrinfo_hints hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;  // one entry per address instead of one per protocol
    ++open_questions_;
    auto* question = new Question{this, state};  // on_answer owns it; c-ares calls that exactly once
    if (state->done) {
      ares_getaddrinfo(channel_, state->host.c_str(), nullptr, &hints, &Channel::on_answer, question);
    } else {
      ares_query(channel_, state->host.c_str(), class_internet, static_cast<int>(state->type), &Channel::on_records,
                 question);
    }
    set_timer();
  }

  [[nodiscard]] bool in_hosts_file(const std::string& name) {
    for (const int family : {AF_INET, AF_INET6}) {
      hostent* found = nullptr;
      if (ares_gethostbyname_file(channel_, name.c_str(), family, &found) != ARES_SUCCESS) continue;
      ares_free_hostent(found);
      return true;
    }
    return false;
  }

  [[nodiscard]] bool idle() const noexcept { return open_questions_ == 0; }
  [[nodiscard]] bool stale() const noexcept { return stamp_ != resolv_conf_stamp(); }

 private:
  struct Question {
    Channel* channel;
    std::shared_ptr<Lookup::State> state;
  };

  static void on_answer(void* argument, int status, int, ares_addrinfo* raw) noexcept {
    const AddrInfo info(raw);
    const std::unique_ptr<Question> question(static_cast<Question*>(argument));
    --question->channel->open_questions_;
    if (status == ARES_EDESTRUCTION || status == ARES_ECANCELLED) return;
    auto& state = *question->state;
    if (status != ARES_SUCCESS) {
      state.deliver(std::unexpected(lookup_error(status, state.host)));
    } else {
      state.deliver(addresses_of(info.info, state.host, state.port));
    }
  }

  static void on_records(void* argument, int status, int, unsigned char* answer, int size) noexcept {
    const std::unique_ptr<Question> question(static_cast<Question*>(argument));
    --question->channel->open_questions_;
    if (status == ARES_EDESTRUCTION || status == ARES_ECANCELLED) return;
    auto& state = *question->state;
    if (status == ARES_ENOTFOUND || status == ARES_ENODATA) {
      state.deliver_records(ServiceRecords{});
    } else if (status != ARES_SUCCESS) {
      state.give_up(lookup_error(status, state.host));
    } else {
      state.deliver_records(parse_service_records({answer, static_cast<std::size_t>(size)}, state.type));
    }
  }

  static void on_socket(void* argument, ares_socket_t fd, int readable, int writable) noexcept {
    auto& self = *static_cast<Channel*>(argument);
    self.sockets_.erase(fd);
    if (readable == 0 && writable == 0) return;
    const auto events = (readable != 0 ? EPOLLIN : 0U) | (writable != 0 ? EPOLLOUT : 0U);
    auto watch = self.loop_.watch(fd, events, [&self, fd](std::uint32_t ready) {
      const bool failed = (ready & (EPOLLERR | EPOLLHUP)) != 0;
      ares_process_fd(self.channel_, (ready & EPOLLIN) != 0 || failed ? fd : ARES_SOCKET_BAD,
                      (ready & EPOLLOUT) != 0 || failed ? fd : ARES_SOCKET_BAD);
      self.set_timer();
    });
    // Without a watch the question ends by its deadline, as an error.
    if (watch) self.sockets_.emplace(fd, std::move(*watch));
  }

  void set_timer() {
    timeval buffer{};
    const timeval* next = ares_timeout(channel_, nullptr, &buffer);
    timer_.reset();
    if (next == nullptr) return;
    // One millisecond more: c-ares counts a moment that is not yet over as not yet due, and we would spin.
    const auto wait =
        std::chrono::seconds(next->tv_sec) + std::chrono::microseconds(next->tv_usec) + std::chrono::milliseconds(1);
    timer_ = loop_.after(wait, [this] {
      ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
      set_timer();
    });
  }

  Loop& loop_;
  const std::string& servers_;
  ares_channel channel_ = nullptr;
  std::size_t open_questions_ = 0;
  FileStamp stamp_ = resolv_conf_stamp();
  std::unordered_map<int, Loop::Watch> sockets_;
  Loop::Timer timer_;
};

Resolver::Lookup::Lookup(std::shared_ptr<State> state) noexcept : state_(std::move(state)) {}

Resolver::Lookup& Resolver::Lookup::operator=(Lookup&& other) noexcept {
  if (this != &other) {
    if (state_) state_->drop();
    state_ = std::move(other.state_);
  }
  return *this;
}

Resolver::Lookup::~Lookup() {
  if (state_) state_->drop();
}

Resolver::Resolver(Loop& loop, std::string servers) noexcept : loop_(loop), servers_(std::move(servers)) {}
Resolver::~Resolver() = default;

Result<std::unique_ptr<Resolver>> Resolver::create(Loop& loop, std::string servers) {
  // The channel, and with it the reading of resolv.conf, waits for the first name.
  return std::unique_ptr<Resolver>(new Resolver(loop, std::move(servers)));
}

Result<void> Resolver::renew_channel() {
  if (channel_ && !(channel_->idle() && channel_->stale())) return {};
  auto channel = std::make_unique<Channel>(loop_, servers_);
  FO_TRY(channel->open());
  channel_ = std::move(channel);
  return {};
}

Resolver::Lookup Resolver::resolve(const std::string& host, std::uint16_t port, Deadline deadline, Done done) {
  auto state = std::make_shared<Lookup::State>(loop_, host, port, std::move(done));
  if (const auto numeric = Address::parse(host, port)) {
    state->deliver(std::vector{*numeric});
    return Lookup(std::move(state));
  }
  return begin(state, deadline);
}

Resolver::Lookup Resolver::records(const std::string& name, ServiceType type, Deadline deadline, RecordsDone done) {
  return begin(std::make_shared<Lookup::State>(loop_, name, type, std::move(done)), deadline);
}

bool Resolver::in_hosts_file(const std::string& name) {
  return renew_channel() && channel_->in_hosts_file(name);
}

Resolver::Lookup Resolver::begin(const std::shared_ptr<Lookup::State>& state, Deadline deadline) {
  Lookup lookup(state);
  if (const auto ready = renew_channel(); !ready) {
    state->give_up(ready.error());
    return lookup;
  }
  const auto began = Loop::Clock::now();
  if (!deadline.is_never()) {
    state->deadline = loop_.at(deadline.time(), [weak = std::weak_ptr(state), began] {
      const auto waiting = weak.lock();
      if (!waiting) return;
      waiting->give_up({ErrorKind::timeout, fmt::format("no name server answered for '{}' within {}", waiting->host,
                                                        human_duration(Loop::Clock::now() - began))});
    });
  }
  channel_->ask(state);
  return lookup;
}

Result<std::vector<Address>> Resolver::resolve_now(const std::string& host, std::uint16_t port,
                                                   const Context& context) {
  if (const auto numeric = Address::parse(host, port)) return std::vector{*numeric};
  const auto loop = FO_TRY(Loop::create());
  const auto resolver = FO_TRY(create(*loop));
  std::optional<Result<std::vector<Address>>> answer;
  const auto lookup = resolver->resolve(host, port, context.deadline,
                                        [&answer](Result<std::vector<Address>> result) { answer = std::move(result); });
  if (auto ran = loop->run([&answer] { return answer.has_value(); }, context); !ran && !answer) {
    return std::unexpected(ran.error().while_doing(fmt::format("looking up '{}'", host)));
  }
  if (!answer) return fail(ErrorKind::internal, fmt::format("the look-up of '{}' ended without an answer", host));
  return std::move(*answer);
}

}  // namespace failover
