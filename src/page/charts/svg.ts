/** Plots as text: Observable Plot draws into a document without a browser, and what it drew is written out. */
import * as Plot from '@observablehq/plot'
import { Window } from 'happy-dom'
import { Html } from '../html.ts'

export interface Description {
  /** What it shows, in a few words. */
  readonly label: string
  readonly className?: string
  /** Which of its links the tab key stops at; all by default. The others can be clicked. */
  readonly isStop?: (href: string) => boolean
}

export interface Pen {
  draw(options: Plot.PlotOptions, description: Description): Html
  /** Lets the document go. */
  close(): Promise<void>
}

/** One document for all plots of a page. */
export function createPen(): Pen {
  const window = new Window()
  return {
    draw(options, { label, className = '', isStop = () => true }) {
      const svg = Plot.plot({ ...options, document: window.document })
      // The page's own style sheet stands for Plot's: the page allows no others.
      for (const style of svg.querySelectorAll('style')) style.remove()
      const links = [...svg.querySelectorAll('a')]
      for (const link of links) {
        link.setAttribute('aria-label', link.querySelector('title')?.textContent ?? '')
        if (!isStop(link.getAttribute('href') ?? '')) link.setAttribute('tabindex', '-1')
      }
      svg.setAttribute('class', `plot ${className}`.trim())
      // Nothing inside of an image can be acted on.
      svg.setAttribute('role', links.length > 0 ? 'group' : 'img')
      svg.setAttribute('aria-label', label)
      svg.removeAttribute('font-family')
      return new Html(svg.outerHTML)
    },
    close: () => window.happyDOM.close(),
  }
}
