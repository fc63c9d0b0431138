import gc

from toolfuzz.system.garbage import look_rarely


def test_new_objects_are_not_looked_through_by_the_thousand():
    usual, looked = gc.get_threshold(), []
    note = lambda phase, info: looked.append(info)  # noqa: E731
    try:
        look_rarely()
        gc.collect()
        gc.callbacks.append(note)
        kept = [[] for _ in range(20_000)]
        assert looked == []
        kept += [[] for _ in range(60_000)]
        assert looked
    finally:
        gc.callbacks.remove(note)
        gc.set_threshold(*usual)
