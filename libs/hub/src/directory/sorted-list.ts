/** A list that stays in order while a few of its items come and go. */
export class SortedList<T> {
  private items: T[] = [];

  /** @param compare by which no two items are equal */
  constructor(readonly compare: (a: T, b: T) => number) {}

  get length(): number {
    return this.items.length;
  }

  /** Items from one place up to another. */
  slice(start: number, end: number): readonly T[] {
    return this.items.slice(start, end);
  }

  at(place: number): T | undefined {
    return this.items[place];
  }

  [Symbol.iterator](): Iterator<T> {
    return this.items.values();
  }

  /** Replaces all items. */
  reset(items: readonly T[]): void {
    this.items = [...items].sort(this.compare);
  }

  add(items: readonly T[]): void {
    if (items.length > FEW) return this.reset([...this.items, ...items]);
    for (const item of items) this.items.splice(this.placeOf(item), 0, item);
  }

  remove(items: readonly T[]): void {
    if (items.length > FEW) {
      const gone = new Set(items);
      this.items = this.items.filter((item) => !gone.has(item));
      return;
    }
    for (const item of items) {
      const place = this.placeOf(item);
      if (this.items[place] === item) this.items.splice(place, 1);
    }
  }

  /** Where an item is, or where it would be. */
  placeOf(item: T): number {
    return this.firstPlace((other) => this.compare(other, item) >= 0);
  }

  /** The first place of which `isThere` holds, which then holds of all that follow; the length when there is none. */
  firstPlace(isThere: (item: T) => boolean): number {
    return firstNumber(0, this.items.length, (place) => isThere(this.items[place]!));
  }
}

/** The first whole number from `low` of which `isIt` holds, which then holds of all greater ones; `high` when none is. */
export function firstNumber(low: number, high: number, isIt: (number: number) => boolean): number {
  let [least, most] = [low, high];
  while (least < most) {
    const middle = (least + most) >>> 1;
    if (isIt(middle)) most = middle;
    else least = middle + 1;
  }
  return least;
}

/** Up to so many items, moving the rest of the list for each is cheaper than one pass over all of it. */
const FEW = 16;
