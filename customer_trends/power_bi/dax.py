"""Translate the SQL expressions of semantic models and metrics into DAX.

SQL's NULL and DAX's BLANK differ: BLANK is 0 in a sum and less than 1 in a comparison. So each
translated expression carries the terms that make it NULL when they are, and is guarded by them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

COMPARISONS: dict[type[exp.Expr], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.LT: "<",
    exp.LTE: "<=",
}
ARITHMETIC: dict[type[exp.Expr], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*"}


class UntranslatableError(Exception):
    """An expression, or a kind of metric, that has no translation."""


@dataclass(frozen=True)
class Dax:
    """A DAX expression.

    Attributes
    ----------
    text
        The expression.
    blanks
        Terms each of which makes the expression NULL when it is blank.
    is_atom
        True where it needs no brackets as a part of another expression.
    is_condition
        True where it is true or false.
    """

    text: str
    blanks: tuple[str, ...] = ()
    is_atom: bool = True
    is_condition: bool = False

    @property
    def part(self) -> str:
        """The expression as a part of another."""
        return self.text if self.is_atom else f"({self.text})"

    def guarded(self) -> str:
        """Give the expression for use as a value: blank where SQL says NULL."""
        blanks = [blank for blank in self.blanks if blank != self.text]
        return f"IF({_all_known(blanks)}, {self.text})" if blanks else self.text

    def as_condition(self) -> str:
        """Give the expression for use as a condition: false where SQL says NULL."""
        if not self.is_condition:
            raise UntranslatableError(f"{self.text} is no condition")
        blanks = [blank for blank in self.blanks if blank != self.text]
        return f"{_all_known(blanks)} && {self.part}" if blanks else self.text


Resolver = Callable[[str], Dax]


def _all_known(blanks: list[str]) -> str:
    """Write the condition that no term is blank."""
    return " && ".join(f"NOT(ISBLANK({blank}))" for blank in blanks)


def _merge(*parts: Dax) -> tuple[str, ...]:
    """Put together what makes any of the parts NULL, each once."""
    return tuple(dict.fromkeys(blank for part in parts for blank in part.blanks))


def translate(sql: str, resolve: Resolver) -> Dax:
    """Translate an expression.

    Parameters
    ----------
    sql
        Expression over columns or metrics.
    resolve
        Gives the DAX of a name in the expression.

    Returns
    -------
    Dax
        The translation; an expression without one raises ``UntranslatableError``.
    """
    try:
        tree = parse_one(sql, read="duckdb")
    except SqlglotError:
        raise UntranslatableError(f"{sql} is no SQL expression") from None
    return _Translation(resolve).visit(tree)


@dataclass
class _Translation:
    """Walks the tree of an expression."""

    resolve: Resolver
    rules: dict[type[exp.Expr], Callable[[Any], Dax]] = field(init=False)

    def __post_init__(self) -> None:
        """List what can be translated."""
        self.rules = {
            exp.Column: lambda node: self.resolve(node.name),
            exp.Literal: self._literal,
            exp.Boolean: lambda node: Dax(f"{str(node.this).upper()}()", is_condition=True),
            exp.Neg: lambda node: Dax(f"-{self.visit(node.this).text}", is_atom=False),
            exp.Paren: lambda node: self.visit(node.this),
            exp.Cast: lambda node: self.visit(node.this),
            exp.Case: self._case,
            exp.Coalesce: self._coalesce,
            exp.Div: self._divide,
            exp.Is: self._is_null,
            exp.Not: self._negate,
            exp.And: lambda node: self._combine(node, "&&"),
            exp.Or: lambda node: self._combine(node, "||"),
            **dict.fromkeys(COMPARISONS, self._compare),
            **dict.fromkeys(ARITHMETIC, self._calculate),
        }

    def visit(self, node: exp.Expr) -> Dax:
        """Translate one node."""
        rule = self.rules.get(type(node))
        if rule is None:
            raise UntranslatableError(f"{node.sql('duckdb')} has no DAX")
        return rule(node)

    def _literal(self, node: exp.Literal) -> Dax:
        if not node.is_string:
            return Dax(str(node.this))
        text = str(node.this).replace('"', '""')
        return Dax(f'"{text}"')

    def _calculate(self, node: exp.Binary) -> Dax:
        left, right = self.visit(node.left), self.visit(node.right)
        text = f"{left.part} {ARITHMETIC[type(node)]} {right.part}"
        return Dax(text, _merge(left, right), is_atom=False)

    def _divide(self, node: exp.Div) -> Dax:
        """Divide: NULL where the divisor is 0; a sum without rows counts as 0."""
        above, below = self.visit(node.left), node.right
        zero = Dax("0")
        if isinstance(below.unnest(), exp.Nullif) and self.visit(below.unnest().expression) == zero:
            below = below.unnest().this
        divisor = self.visit(below)
        text = above.text if above.blanks else f"COALESCE({above.text}, 0)"
        text = f"DIVIDE({text}, {divisor.text})"
        return Dax(text, tuple(dict.fromkeys((*_merge(above, divisor), text))))

    def _compare(self, node: exp.Binary) -> Dax:
        left, right = self.visit(node.left), self.visit(node.right)
        text = f"{left.part} {COMPARISONS[type(node)]} {right.part}"
        return Dax(text, _merge(left, right), is_atom=False, is_condition=True)

    def _combine(self, node: exp.Connector, operator: str) -> Dax:
        """Join two conditions: a side is false where it is NULL, so nobody may negate them."""
        sides = [self.visit(side) for side in (node.left, node.right)]
        texts = [side.as_condition() for side in sides]
        if operator == "&&" and not any("||" in text for text in texts):
            return Dax(f" {operator} ".join(texts), is_atom=False, is_condition=True)
        return Dax(
            f" {operator} ".join(f"({text})" for text in texts), is_atom=False, is_condition=True
        )

    def _negate(self, node: exp.Not) -> Dax:
        inner = self.visit(node.this)
        if isinstance(node.this.unnest(), exp.And | exp.Or) or not inner.is_condition:
            raise UntranslatableError(f"{node.sql('duckdb')} has no DAX")
        return replace(inner, text=f"NOT({inner.text})", is_atom=True)

    def _is_null(self, node: exp.Is) -> Dax:
        if not isinstance(node.expression, exp.Null):
            raise UntranslatableError(f"{node.sql('duckdb')} has no DAX")
        return Dax(f"ISBLANK({self.visit(node.this).guarded()})", is_condition=True)

    def _coalesce(self, node: exp.Coalesce) -> Dax:
        parts = [self.visit(part) for part in (node.this, *node.expressions)]
        text = f"COALESCE({', '.join(part.guarded() for part in parts)})"
        return Dax(text, (text,) if all(part.blanks for part in parts) else ())

    def _case(self, node: exp.Case) -> Dax:
        default = node.args.get("default")
        otherwise = None if default is None else self.visit(default)
        text = "" if otherwise is None else otherwise.guarded()
        can_be_blank = otherwise is None or bool(otherwise.blanks)
        if node.this is not None:
            raise UntranslatableError(f"{node.sql('duckdb')} has no DAX")
        for branch in reversed(node.args["ifs"]):
            value = self.visit(branch.args["true"])
            can_be_blank |= bool(value.blanks)
            condition = self.visit(branch.this).as_condition()
            text = f"IF({condition}, {value.guarded()}{', ' + text if text else ''})"
        return Dax(text, (text,) if can_be_blank else ())
