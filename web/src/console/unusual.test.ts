import { expect, it } from "vitest";

import { gradeOfBuffer, gradeOfDisk, gradeOfLag, gradeOfRoom } from "./unusual";

it("is quiet about what is usual", () => {
  expect(gradeOfLag(5)).toBe("");
  expect(gradeOfBuffer({ buffered: 2_000, parked: false })).toBe("");
  expect(gradeOfRoom({ lag: 0, waiting: 10 })).toBe("");
  expect(gradeOfDisk({ disk_free: 500e9, disk_size: 1000e9 })).toBe("");
});

it("marks who lags, who does not read, and what waits", () => {
  expect([gradeOfLag(100), gradeOfLag(1_000)]).toEqual(["warning", "bad"]);
  expect(gradeOfBuffer({ buffered: 200_000, parked: false })).toBe("warning");
  expect(gradeOfBuffer({ buffered: 1, parked: true })).toBe("bad");
  expect(gradeOfRoom({ lag: 150, waiting: 0 })).toBe("warning");
  expect(gradeOfRoom({ lag: 0, waiting: 5_000 })).toBe("bad");
});

it("marks a disk that is nearly full; what is not known is not marked", () => {
  expect(gradeOfDisk({ disk_free: 90e9, disk_size: 1000e9 })).toBe("warning");
  expect(gradeOfDisk({ disk_free: 1e9, disk_size: 1000e9 })).toBe("bad");
  expect(gradeOfDisk({ disk_free: 40e6, disk_size: 1e9 })).toBe("bad");
  expect(gradeOfDisk({ disk_free: null, disk_size: null })).toBe("");
});
