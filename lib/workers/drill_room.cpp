#include "workers/drill_room.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/ipv6.h>
#include <net/if.h>
#include <netinet/in.h>
#include <nlohmann/json.hpp>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/registry.hpp>

#include "core/child_process.hpp"
#include "core/fd.hpp"
#include "core/pause.hpp"
#include "core/system_error.hpp"

namespace failover {

namespace {

using nlohmann::json;

constexpr Duration probe_interval = std::chrono::milliseconds(100);
constexpr int loopback_index = 1;  // of every network namespace

/// Whoever listens there acts on the host, whatever namespace asks: systemd, D-Bus, container engines, schedulers.
constexpr std::array managers{
    "/run/systemd", "/run/dbus",    "/run/docker.sock",  "/run/containerd",      "/run/podman",     "/run/crio",
    "/run/lxc",     "/run/libvirt", "/run/snapd.socket", "/run/supervisor.sock", "/var/spool/cron", "/etc/cron.d"};

Result<void> mounted(int status, std::string_view what) {
  if (status == 0) return {};
  return fail_errno("the room of the drill cannot be made: " + std::string(what));
}

Result<void> hide(const char* path) {
  struct stat info{};
  if (::stat(path, &info) != 0) return {};
  if (S_ISDIR(info.st_mode)) return mounted(::mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV, "size=1m"), path);
  return mounted(::mount("/dev/null", path, nullptr, MS_BIND, nullptr), path);
}

Result<void> make_read_only(const std::string& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) return {};
  FO_TRY(mounted(::mount(path.c_str(), path.c_str(), nullptr, MS_BIND | MS_REC, nullptr), path));
  // With all that is mounted below.
  mount_attr read_only{.attr_set = MOUNT_ATTR_RDONLY, .attr_clr = 0, .propagation = 0, .userns_fd = 0};
  return mounted(::mount_setattr(AT_FDCWD, path.c_str(), AT_RECURSIVE, &read_only, sizeof read_only), path);
}

Result<void> separate(const DrillOrder& order) {
  FO_TRY(mounted(::unshare(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC), "namespaces"));
  // Else our mounts would appear outside.
  FO_TRY(mounted(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), "private mounts"));
  FO_TRY(mounted(::mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr), "/proc"));
  for (const auto* path : managers) FO_TRY(hide(path));
  for (const auto& path : order.read_only) FO_TRY(make_read_only(path));
  return {};
}

Result<void> asked(int fd, unsigned long request, void* argument, std::string_view what) {
  if (::ioctl(fd, request, argument) == 0) return {};
  return fail_errno("the network of the drill cannot be made: " + std::string(what));
}

Result<void> add_ipv4(int fd, const std::string& address, std::size_t number) {
  ifreq request{};
  fmt::format_to_n(static_cast<char*>(request.ifr_name), IFNAMSIZ - 1, "lo:{}", number);
  sockaddr_in place{};
  place.sin_family = AF_INET;
  if (::inet_pton(AF_INET, address.c_str(), &place.sin_addr) != 1) return {};
  std::memcpy(&request.ifr_addr, &place, sizeof place);
  FO_TRY(asked(fd, SIOCSIFADDR, &request, address));
  // This address alone: else every neighbour would be this host, too.
  place.sin_addr.s_addr = INADDR_BROADCAST;
  std::memcpy(&request.ifr_netmask, &place, sizeof place);
  return asked(fd, SIOCSIFNETMASK, &request, address);
}

Result<void> add_ipv6(const std::string& address) {
  in6_ifreq request{};
  if (::inet_pton(AF_INET6, address.c_str(), &request.ifr6_addr) != 1) return {};
  request.ifr6_prefixlen = 128;
  request.ifr6_ifindex = loopback_index;
  const Fd fd(::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!fd) return fail_errno("the network of the drill cannot be made: IPv6");
  return asked(fd.get(), SIOCSIFADDR, &request, address);
}

Result<void> make_network(const std::vector<std::string>& addresses) {
  const Fd fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!fd) return fail_errno("the network of the drill cannot be made");
  ifreq up{};
  std::strncpy(static_cast<char*>(up.ifr_name), "lo", IFNAMSIZ - 1);
  up.ifr_flags = IFF_UP | IFF_RUNNING | IFF_LOOPBACK;
  FO_TRY(asked(fd.get(), SIOCSIFFLAGS, &up, "loopback"));
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const auto& address = addresses[i];
    if (address.starts_with("127.") || address == "::1") continue;  // it is there already
    FO_TRY(address.contains(':') ? add_ipv6(address) : add_ipv4(fd.get(), address, i + 1));
  }
  return {};
}

Result<void> run_hook(const DrillOrder& order) {
  ChildCommand command;
  command.argv = {order.hook};
  command.environment = order.environment;
  command.limit = order.limit;
  const auto result = FO_TRY(while_doing("the drill-hook", run_child(command, Context{})));
  if (result.ok()) return {};
  std::string_view said(result.errors);
  while (said.ends_with('\n')) said.remove_suffix(1);
  said = said.substr(said.rfind('\n') + 1).substr(0, 200);
  return fail(ErrorKind::io, fmt::format("the drill-hook {} ended with {}{}{}", order.hook, result.how_it_ended(),
                                         said.empty() ? "" : ": ", said));
}

bool is_up(const Observation& one) noexcept {
  return one.health == Health::up;
}

/// Property effect: what the hook says is not what the services say.
Result<void> await_services(const DrillOrder& order, std::vector<Observation>& seen) {
  ProbeOptions options;
  options.timeout = std::chrono::seconds(2);
  const auto observer = FO_TRY(make_observer(options));
  const auto context = Context{}.within(order.limit);
  while (true) {
    seen = observer->observe(order.services, context);
    const auto missing = std::ranges::find_if_not(seen, is_up);
    if (missing == seen.end()) return {};
    if (!pause_between_tries(probe_interval, context)) {
      return fail(ErrorKind::timeout, fmt::format("{} did not come up: {}", missing->target.text,
                                                  missing->health ? missing->detail : missing->health.error().message));
    }
  }
}

std::int64_t since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start).count();
}

Result<void> go_through(const DrillOrder& order, json& told) {
  FO_TRY(separate(order));
  FO_TRY(make_network(order.addresses));
  auto start = std::chrono::steady_clock::now();
  const auto ran = run_hook(order);
  told["hook_ms"] = since(start);
  if (!ran) return ran;
  start = std::chrono::steady_clock::now();
  std::vector<Observation> seen;
  const auto up = await_services(order, seen);
  told["services_ms"] = since(start);
  for (const auto& one : seen) {
    told["services"].push_back({{"target", one.target.text}, {"up", is_up(one)}, {"detail", one.detail}});
  }
  return up;
}

}  // namespace

std::string rehearse(const DrillOrder& order) {
  json told{{"hook_ms", 0}, {"services_ms", 0}, {"services", json::array()}};
  const auto gone = go_through(order, told);
  told["ok"] = gone.has_value();
  told["message"] = gone ? std::string() : gone.error().message;
  return told.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace failover
