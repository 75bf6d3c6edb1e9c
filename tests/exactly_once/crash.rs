//! SIGKILL at each point, of everything that takes part.

use super::world::World;

#[test]
fn exactly_once_without_any_harm() {
    let world = World::new(4, 2000);
    world.finish();
    let count = world.check();
    assert_eq!(count.records, world.count());
    assert!(count.objects >= 20, "{count:?}");
}
