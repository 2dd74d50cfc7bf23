"""The DAGs as Airflow sees them: their graphs, and what people read and fill in there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from typing import Any

import pytest

from tests.builders.office import environment
from tests.harness.sources import ROOT

DOCUMENTED = (ROOT / "docs" / "reference" / "dags.md").read_text(encoding="utf-8")
STAGES_PAGE = ROOT / "docs" / "explanation" / "the-eight-stages.md"
#: A row of the page's table: DAG, schedule, owner.
ROWS = re.findall(r"^\| `(\w+)` \| ([^|]+) \| ([\w-]+) \|$", DOCUMENTED, re.MULTILINE)
STAGES = re.findall(r"^\| \*\*(\w+)\*\*", STAGES_PAGE.read_text(encoding="utf-8"), re.MULTILINE)
DAG_IDS = [dag_id for dag_id, _, _ in ROWS]
TAGS = {"reads", "builds", "posts", "proves", "reports"}
HEAVY = ("polars", "pandas", "pandera", "great_expectations", "altair", "vl_convert", "xlsxwriter")
#: What would open files, sockets or the store while a DAG file is merely read.
WORKING = ("tieout.bootstrap", "tieout.warehouse.store", "tieout.workflows.office", "httpx")


def edges(dag: Any) -> dict[str, set[str]]:
    """Task → the tasks after it."""
    return {task.task_id: set(task.downstream_task_ids) for task in dag.tasks}


def between(dag: Any, *, group: str) -> dict[str, set[str]]:
    """The edges inside one mapped group, by bare task names."""
    prefix = f"{group}."
    return {
        task.removeprefix(prefix): {
            after.removeprefix(prefix) for after in afters if prefix in after
        }
        for task, afters in edges(dag).items()
        if task.startswith(prefix)
    }


def chain(*names: str) -> dict[str, set[str]]:
    """Each name followed by the next."""
    following = [*({name} for name in names[1:]), set[str]()]
    return dict(zip(names, following, strict=True))


def test_all_files_load_and_are_the_documented_eight(dag_bag: Any, dags: dict[str, Any]) -> None:
    """Operations rely on it: a file that does not load is a close that does not run."""
    assert dag_bag.import_errors == {}
    assert len(DAG_IDS) == 8
    assert set(dags) == set(DAG_IDS)


def test_the_page_of_stages_names_eight_in_the_order_of_the_folders() -> None:
    """Whoever knows the story relies on it: the same words in the same order everywhere."""
    assert STAGES == [
        "extract", "validate", "reconcile", "route", "build", "approve", "post", "tie_out",
    ]  # fmt: skip
    folders = {path.name for path in (ROOT / "include/tieout/stages").iterdir() if path.is_dir()}
    assert set(STAGES) <= folders


@pytest.mark.promise("S74")
def test_the_close_is_the_documented_stages_in_their_order(dags: dict[str, Any]) -> None:
    """Operations rely on it: what the page says runs, in that order, and nothing else."""
    dag = dags["month_end_close"]
    assert between(dag, group="units") == chain(*STAGES[:5])
    assert between(dag, group="entities") == chain(*STAGES[5:])
    found = edges(dag)
    assert set(found) == {
        "sweep_sources",
        "due_entities",
        "verdict",
        *(f"units.{name}" for name in STAGES[:5]),
        *(f"entities.{name}" for name in STAGES[5:]),
    }
    assert found["units.build"] == {"due_entities"}
    assert found["entities.tie_out"] == {"verdict"}
    assert found["verdict"] == set()


@pytest.mark.parametrize(
    ("dag_id", "group", "stages"),
    [
        ("expense_intake", "units", STAGES[:5]),
        ("payroll_intake", "units", STAGES[:5]),
        ("nightly_close", "units", STAGES[:5]),
        ("posting_window", "entities", ["post", "tie_out"]),
        ("tie_out", "entities", ["tie_out"]),
    ],
)
def test_the_other_dags_run_a_part_of_the_same_stages(
    dags: dict[str, Any], dag_id: str, group: str, stages: list[str]
) -> None:
    """Operations rely on it: a stage means the same in every DAG."""
    assert between(dags[dag_id], group=group) == chain(*stages)
    posts = {task for task in edges(dags[dag_id]) if task.endswith(".post")}
    assert bool(posts) == (dag_id == "posting_window")


@pytest.mark.parametrize("dag_id", DAG_IDS)
def test_no_task_waits_for_itself(dags: dict[str, Any], dag_id: str) -> None:
    """The scheduler relies on it."""
    found = edges(dags[dag_id])
    ready = [task for task in found if not any(task in after for after in found.values())]
    ordered: set[str] = set()
    while ready:
        task = ready.pop()
        ordered.add(task)
        ready += [
            after
            for after in found[task]
            if all(before in ordered for before, afters in found.items() if after in afters)
            and after not in ordered
        ]
    assert ordered == set(found)


@pytest.mark.parametrize("dag_id", DAG_IDS)
def test_units_and_entities_are_mapped_and_cost_few_tasks(
    dags: dict[str, Any], dag_id: str
) -> None:
    """A close of fifty entities relies on it: a new entity is a new key, not a new task's code."""
    from airflow.sdk.definitions.taskgroup import MappedTaskGroup

    most = {"units": 8, "entities": 4}
    groups = {
        name: group for name, group in dags[dag_id].task_group.children.items() if name in most
    }
    for name, group in groups.items():
        assert isinstance(group, MappedTaskGroup)
        assert len(list(group.iter_tasks())) <= most[name]
    outside = [task for task in edges(dags[dag_id]) if "." not in task]
    assert len(outside) <= 3
    source = (ROOT / "dags" / f"{dag_id}.py").read_text(encoding="utf-8")
    assert not re.search(r"\b(US|UK|DE|SE|JP)01\b", source)


@pytest.mark.parametrize(("dag_id", "owner"), [(dag_id, owner) for dag_id, _, owner in ROWS])
def test_owner_and_tags_are_of_the_closed_sets(
    dags: dict[str, Any], dag_id: str, owner: str
) -> None:
    """Who looks for what posts finds it by its tag, and knows which team answers."""
    dag = dags[dag_id]
    assert {task.owner for task in dag.tasks} == {owner}
    assert dag.tags
    assert set(dag.tags) <= TAGS
    posting = any(task.task_id.endswith(".post") for task in dag.tasks)
    assert ("posts" in dag.tags) == posting


@pytest.mark.parametrize("dag_id", DAG_IDS)
def test_the_doc_page_says_what_it_does_and_how_to_rerun_it(
    dags: dict[str, Any], dag_id: str
) -> None:
    """Operations rely on it at night."""
    page = dags[dag_id].doc_md
    first, *rest = page.strip().splitlines()
    assert first.endswith(".")
    assert any("**Rerun:**" in line for line in rest)
    assert f"## {dag_id}" in DOCUMENTED


@pytest.mark.parametrize("dag_id", DAG_IDS)
def test_the_period_is_checked_before_a_run_starts(dags: dict[str, Any], dag_id: str) -> None:
    """Whoever starts a run by hand relies on it: a slip is refused in the form."""
    from airflow.sdk.exceptions import ParamValidationError

    period = dags[dag_id].params.get_param("period")
    for sound in ("", "2026-10", "2027-01"):
        assert period.resolve(sound) == sound
    for wrong in (
        "2026-13",
        "2026-1",
        "October",
        "2026-10; DROP TABLE journal",
        "{{ ds }}",
        202610,
    ):
        with pytest.raises(ParamValidationError):
            period.resolve(wrong)


@pytest.mark.parametrize("dag_id", DAG_IDS)
def test_every_pool_is_one_that_the_runtime_makes(dags: dict[str, Any], dag_id: str) -> None:
    """A task of an unknown pool waits for ever; one without the ERP's pool may flood it."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    known = set(settings["tool"]["supervisor"]["pools"])
    pools = {task.task_id.split(".")[-1]: task.pool for task in dags[dag_id].tasks}
    assert set(pools.values()) <= known | {"default_pool"}
    for name in {"post", "tie_out", "master_data"} & set(pools):
        assert pools[name] == "erp_netsuite"


@pytest.mark.parametrize("dag_id", DAG_IDS)
def test_mapped_tasks_are_named_for_people(dags: dict[str, Any], dag_id: str) -> None:
    """Who looks at a grid of fifty entities reads codes, not numbers."""
    for task in dags[dag_id].tasks:
        if "." in task.task_id:
            assert task.map_index_template


@pytest.mark.promise("S84")
@pytest.mark.parametrize("dag_id", DAG_IDS)
def test_what_may_pass_is_tried_again_and_what_may_not_fails_at_once(
    dags: dict[str, Any], dag_id: str
) -> None:
    """Operations rely on it: pauses that grow for load, no retry where only a person can help."""
    from airflow.sdk import RetryAction

    from tieout import errors

    for task in dags[dag_id].tasks:
        if task.task_id == "verdict":
            assert task.retries == 0
            continue
        assert task.retries == 2
        assert task.retry_exponential_backoff > 1
        verdicts = {
            kind: task.retry_policy.evaluate(kind("x"), 1, 3).action
            for kind in (
                errors.VendorUnavailableError, errors.VendorRefusedError, errors.ConflictError,
                errors.SettingsError, errors.ConfigurationError, errors.NotAllowedError,
                errors.BusyError,
            )
        }  # fmt: skip
        passing = {kind for kind, action in verdicts.items() if action is not RetryAction.FAIL}
        assert passing == {errors.VendorUnavailableError, errors.BusyError}


def read_elsewhere(schedules: str) -> dict[str, Any]:
    """Read the DAG files in a fresh process; what it says of schedules and loaded modules."""
    code = (
        "import json, sys\n"
        "from airflow.dag_processing.dagbag import DagBag\n"
        "bag = DagBag('dags')\n"
        "print(json.dumps({\n"
        "    'schedules': {name: str(dag.schedule) for name, dag in bag.dags.items()},\n"
        "    'errors': list(bag.import_errors),\n"
        "    'modules': sorted(sys.modules),\n"
        "}))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**environment(), "TIEOUT_SCHEDULES": schedules},
        capture_output=True,
        text=True,
        check=True,
        timeout=100,
    )
    answer: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return answer


def test_with_schedules_on_every_dag_runs_at_its_documented_time(airflow_metadata: str) -> None:
    """Finance relies on it: the close looks at six, whoever is on leave; reading costs little."""
    found = read_elsewhere("on")
    said = {
        dag_id: "*/15 * * * *" if "15" in when else "{1} {0} * * *".format(*(
            str(int(part)) for part in when.strip().split(":")
        ))
        for dag_id, when, _ in ROWS
    }  # fmt: skip
    assert found["schedules"] == said
    assert found["errors"] == []
    loaded = set(found["modules"])
    assert loaded.isdisjoint(HEAVY)
    ours = {name for name in loaded if name.startswith("tieout.")}
    assert ours.isdisjoint(WORKING)


def test_without_schedules_nothing_starts_by_itself(dags: dict[str, Any]) -> None:
    """A demonstration and these tests rely on it: only what they start runs."""
    assert {dag.schedule for dag in dags.values()} == {None}
    assert {dag.catchup for dag in dags.values()} == {False}
