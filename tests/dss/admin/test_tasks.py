"""How ``alma-qa0 admin`` waits for the tasks of DSS, and what it makes of those that do not end well."""

import pytest


@pytest.mark.parametrize("kind", ["install", "create-env"])
def test_a_task_that_takes_long_is_waited_for(api, admin, kind):
    api.habits.polls = 4
    admin.does("install")


def test_tasks_that_are_done_at_once_need_no_waiting(api, admin):
    api.add_plugin()
    api.add_webapp("QA0", "one", running="0.0.1")
    api.habits.at_once = {"install", "update", "create-env", "update-env", "delete-env", "delete", "restart"}
    admin.does("upgrade")
    admin.does("uninstall", "--force")
    assert not [path for _method, path in api.calls if path.startswith("/futures/")]


def test_a_task_that_never_ends_is_stopped_and_told_and_what_it_left_is_taken_away(api, admin):
    api.habits.never = {"create-env"}
    admin.is_unanswered("install", timeout="0.6", says="not done after 0.6 s (--timeout); DSS was told to stop it")
    assert ("DELETE", "/futures/task-2") in api.calls
    assert api.code_envs == {}


@pytest.mark.parametrize(("habit", "words"), [("aborted", "DSS aborted it"), ("vanished", "it ended without a result")])
@pytest.mark.parametrize("kind", ["install", "create-env"])
def test_a_task_that_ends_without_a_result_does_not_hold_the_command(api, admin, habit, words, kind):
    setattr(api.habits, habit, {kind})
    admin.fails("install", says=words)
    assert api.code_envs == {}


def test_a_few_answers_lost_while_waiting_do_no_harm(api, admin):
    api.script["GET", "/futures/task-1"] = [(502, "<html>Bad Gateway</html>"), None, (503, "")]
    admin.does("install")


def test_a_server_that_stops_answering_while_waiting_is_told(api, admin):
    api.script["GET", "/futures/task-1"] = [(502, "<html>Bad Gateway</html>")] * 9
    admin.is_unanswered("install", says="HTTP 502")


def test_an_answer_that_does_not_come_is_not_waited_for_without_end(api, admin):
    api.seconds = 1.5
    admin.is_unanswered("status", timeout="0.3", says="no answer in time")
