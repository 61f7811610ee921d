#include "probe/tcp.hpp"

#include <memory>
#include <utility>

#include <failover/context.hpp>
#include <failover/observer.hpp>

#include "core/fd.hpp"
#include "net/address.hpp"
#include "probe/connecting.hpp"
#include "probe/kept_connections.hpp"
#include "probe/open_connection.hpp"
#include "probe/prober.hpp"

namespace failover {

namespace {

class TcpCheck final : public RunningCheck {
 public:
  TcpCheck(const CheckPlace& place, const Target& target, const Address& address, const CheckDone& done)
      : connecting_(place.loop) {
    connecting_.start(
        address, place.source,
        [&loop = place.loop, kept = place.kept, &target, done](Fd fd) {
          if (kept != nullptr) kept->keep(target, open_connection(loop, std::move(fd)));
          done(found(Health::up, "connected"));
        },
        done);
  }
  [[nodiscard]] Finding at_deadline() const override { return found(Health::down, "connect timed out"); }

 private:
  Connecting connecting_;
};

}  // namespace

Pending start_tcp(const CheckPlace& place, const Target& target, const Address& address, Deadline,
                  CheckDone done) {  // NOLINT(performance-unnecessary-value-param)
  return std::make_unique<TcpCheck>(place, target, address, done);
}

}  // namespace failover
