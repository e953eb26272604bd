"""Images as arrays: conversion, flips, colour."""

from __future__ import annotations
