#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

constexpr std::array<std::string_view, 4> mirrored{"Via:", "From:", "Call-ID:", "CSeq:"};

/// RFC 3261 section 8.2.6.2: what a response repeats of its request; To gets a tag.
std::string answer_to(std::string_view request) {
  std::string answer = "SIP/2.0 200 OK\r\n";
  while (!request.empty()) {
    const auto end = std::min(request.find("\r\n"), request.size());
    const auto line = request.substr(0, end);
    request.remove_prefix(std::min(end + 2, request.size()));
    if (std::ranges::any_of(mirrored, [line](std::string_view name) { return line.starts_with(name); })) {
      answer.append(line).append("\r\n");
    } else if (line.starts_with("To:")) {
      answer.append(line).append(";tag=1\r\n");
    }
  }
  return answer + "Content-Length: 0\r\n\r\n";
}

/// Answers from the address that was asked, so that every address of 127/8 is a server of its own.
void serve(int fd) {
  std::array<char, 65536> buffer{};
  while (true) {
    alignas(cmsghdr) std::array<char, 256> control{};
    sockaddr_in peer{};
    iovec part{buffer.data(), buffer.size()};
    msghdr message{};
    message.msg_name = &peer;
    message.msg_namelen = sizeof peer;
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const auto size = recvmsg(fd, &message, 0);
    if (size < 0) continue;
    for (auto* one = CMSG_FIRSTHDR(&message); one != nullptr; one = CMSG_NXTHDR(&message, one)) {
      if (one->cmsg_type != IP_PKTINFO) continue;
      in_pktinfo info{};
      std::memcpy(&info, CMSG_DATA(one), sizeof info);
      info.ipi_spec_dst = info.ipi_addr;
      info.ipi_ifindex = 0;
      std::memcpy(CMSG_DATA(one), &info, sizeof info);
    }
    auto answer = answer_to({buffer.data(), static_cast<std::size_t>(size)});
    part = {answer.data(), answer.size()};
    sendmsg(fd, &message, MSG_NOSIGNAL);
  }
}

}  // namespace

/// sip_responder PORT: answers every request on UDP with 200 OK, for benchmarks of thousands of servers.
int main(int argc, char** argv) {
  const auto arguments = std::span(argv, static_cast<std::size_t>(argc));
  std::uint16_t port = 0;
  if (argc != 2) return 2;
  const std::string_view text(arguments[1]);
  std::from_chars(text.begin(), text.end(), port);
  const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const int yes = 1;
  const int room = 8 * 1024 * 1024;
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &yes, sizeof yes);
  sockaddr_in any{};
  any.sin_family = AF_INET;
  any.sin_port = htons(port);
  if (port == 0 || bind(fd, reinterpret_cast<const sockaddr*>(&any), sizeof any) != 0) {
    std::perror("sip_responder");
    return 1;
  }
  std::puts("ready");
  std::fflush(stdout);
  serve(fd);
}
