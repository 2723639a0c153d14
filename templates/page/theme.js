'use strict'

// The theme follows the system until somebody chooses; the choice is kept where the browser allows a file to keep anything.
{
  const themes = ['system', 'light', 'dark']
  const key = 'fleetwright-theme'
  const button = document.getElementById('theme')

  const recall = () => {
    try {
      return localStorage.getItem(key) ?? 'system'
    } catch {
      return 'system'
    }
  }

  /** @param {string} theme */
  const apply = (theme) => {
    if (theme === 'system') delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = theme
    if (button) button.textContent = `Theme: ${theme}`
  }

  let current = Math.max(0, themes.indexOf(recall()))
  apply(themes[current] ?? 'system')
  if (button) button.hidden = false
  button?.addEventListener('click', () => {
    current = (current + 1) % themes.length
    const theme = themes[current] ?? 'system'
    apply(theme)
    try {
      localStorage.setItem(key, theme)
    } catch {
      // It holds until the page is closed.
    }
  })
}
