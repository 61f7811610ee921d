#include <iostream>

#include <failover/observer.hpp>

int main() {
  const auto target = failover::parse_target("sip://pbx.example");
  if (!target) return 1;
  std::cout << target->scheme << ' ' << target->host << ' ' << target->port << '\n';
  return 0;
}
