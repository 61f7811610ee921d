#include "promote/stand_down.hpp"

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/promoter.hpp>

#include "promote/local_service.hpp"
#include "state/role_file.hpp"
#include "state/running_hook.hpp"
#include "state/start_note.hpp"
#include "state/state_dir.hpp"

namespace failover {

Result<void> stand_down(const PromotionSettings& settings, const StateDir& state, Observer& self_observer,
                        const RoleRecord& role, const Context& context) {
  LocalService service(settings, state, self_observer);
  FO_TRY(service.can_be_stopped());
  FO_TRY(write_role(state, role));
  FO_TRY(remove_start_note(settings.run_dir, settings.service));
  FO_TRY(end_left_hook(state, context));
  const auto stopped = service.stop({"stop", role.epoch, {}, false}, context);
  FO_TRY(service.mask(context));
  FO_TRY(stopped);
  return service.await_stopped(context);
}

}  // namespace failover
