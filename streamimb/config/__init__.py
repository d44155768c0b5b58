"""The configuration: a TOML file becomes frozen structs, or one error that says what to write instead.

There is one module for each kind of table: the model and its parts, connectors, the others.
"""

from streamimb.config.configuration import Config, load, loads
from streamimb.config.connector import Connector, Input
from streamimb.config.conversion import fault
from streamimb.config.model import RECIPES, Correction, Factory, Model, PartChoice
from streamimb.config.refusal import ConfigError
from streamimb.config.tables import BothLabels, Guard, Log, PositiveLabels, Run, State

__all__ = [
    "RECIPES",
    "BothLabels",
    "Config",
    "ConfigError",
    "Connector",
    "Correction",
    "Factory",
    "Guard",
    "Input",
    "Log",
    "Model",
    "PartChoice",
    "PositiveLabels",
    "Run",
    "State",
    "fault",
    "load",
    "loads",
]
