#include "probe/kept_connections.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <utility>

#include <failover/observer.hpp>

#include "net/loop.hpp"
#include "probe/open_connection.hpp"

namespace failover {

KeptConnections::KeptConnections(Loop& loop, std::span<const Target> targets, Ended ended)
    : loop_(loop), ended_(std::move(ended)) {
  for (std::size_t i = 0; i < targets.size(); ++i) kept_[targets[i].text].target = i;
}

void KeptConnections::keep(const Target& target, std::unique_ptr<OpenConnection> connection) {
  const auto found = kept_.find(target.text);
  if (found == kept_.end()) return;
  auto& kept = found->second;
  // One that lived until the next check was no victim of an idle timeout.
  if (kept.connection) kept.ends = 0;
  kept.telling.reset();
  kept.connection.reset();
  if (kept.ends >= most_ends) return;
  kept.connection = std::move(connection);
  kept.connection->on_end([this, &kept] { on_end(kept); });
}

void KeptConnections::on_end(Kept& kept) {
  ++kept.ends;
  // Not from within the connection's own call: it is destroyed here.
  kept.telling = loop_.soon([this, &kept] {
    kept.connection.reset();
    ended_(kept.target);
  });
}

}  // namespace failover
