"""What no mechanism uses yet is kept all the same, as the documents say it."""

import pytest

from tests.org import stated
from tests.org.conftest import document_alone


@pytest.mark.parametrize(
    ("code", "statement", "field", "expected"),
    [
        ("330602005", "承接职权", "内容", "区级部分职权"),  # S2-1
        ("330602005", "网格", "服务", "组团式服务"),  # S2-45
        ("330602005", "网格", "队伍", "专兼职网格员"),  # S2-47
        ("330109014", "领导小组", "办事机构", "领导小组办公室"),  # S3-47
        ("331125201", "联合执法", "警力保障", "由社会治理负责协调"),  # S4-63
    ],
)
def test_a_statement_is_kept(code: str, statement: str, field: str, expected: str) -> None:
    assert expected in stated.statement(document_alone(code), statement, field)


@pytest.mark.parametrize(
    ("code", "service", "office"),
    [
        ("331126001", "审批服务", "社会事务综合服务中心"),  # S0-20
        ("331102102", "直接面向基层的相关事项", "便民服务中心"),  # S1-25
        ("330602005", "行政审批和公共服务事项", "便民服务中心"),  # S2-15
    ],
)
def test_a_directory_of_services_is_kept_with_the_office_that_serves(code: str, service: str, office: str) -> None:
    kept = {s.name: s.office.name for s in document_alone(code).services if s.office}
    assert kept[service] == office
