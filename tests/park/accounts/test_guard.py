"""Two of the office at the same moment: the park is not left without anybody."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from park.conftest import Join
from separatrix.errors import InputError


def test_two_who_switch_each_other_off_do_not_both_succeed(join: Join) -> None:
    """Whoever comes second is refused, on both databases."""
    from django.db import connection

    from separatrix_park.accounts.memberships import set_active
    from separatrix_park.models import Person
    from separatrix_park.scope import whole_park

    numbers = []
    for k in range(2):
        join(f"office{k}@example.org", "office")
        with whole_park("the tests look on"):
            numbers.append(Person.objects.get(email=f"office{k}@example.org").pk)

    def switch_off(pair: tuple[int, int]) -> str:
        own, other = pair
        try:
            with whole_park("the tests look on"):
                set_active(Person.objects.get(pk=other), False, str(own))
        except InputError as problem:
            return problem.code
        finally:
            connection.close()
        return "done"

    for _ in range(3):
        with ThreadPoolExecutor(2) as pool:
            told = sorted(pool.map(switch_off, [(numbers[0], numbers[1]), (numbers[1], numbers[0])]))
        assert told == ["W234", "done"]
        with whole_park("the tests look on"):
            assert Person.objects.filter(is_active=True).count() == 1
        with whole_park("the tests look on"):
            Person.objects.update(is_active=True)
